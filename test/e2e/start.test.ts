import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { newId } from '#kernel';
import { ApiClient, until } from '#testing';
import { freeBase } from './free-ports-in-a-row.js';
import { temporaryFolder } from './system.js';

/** `npm start` as a person runs it, after the build: a process that is watched from outside. */
class Started {
  output = '';
  private constructor(
    readonly child: ChildProcess,
    readonly port: number,
  ) {
    for (const stream of [child.stdout!, child.stderr!]) {
      stream.on('data', (chunk: Buffer) => (this.output += chunk.toString()));
    }
  }

  static run(port: number, environment: Record<string, string>, cwd = process.cwd()): Started {
    const main = join(process.cwd(), 'dist/apps/wattline/main.js');
    const child = spawn(process.execPath, [main], {
      cwd,
      env: { PATH: process.env.PATH, PORT: String(port), ...environment },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    return new Started(child, port);
  }

  get api(): ApiClient {
    return new ApiClient(`http://127.0.0.1:${this.port}`);
  }

  ready(): Promise<unknown> {
    return until(
      'it is ready',
      () => {
        if (this.child.exitCode !== null) throw new Error(`it ended: ${this.output}`);
        return this.output.includes('Wattline is ready');
      },
      60_000,
    );
  }

  async end(signal: NodeJS.Signals): Promise<number | null> {
    const exited = once(this.child, 'exit');
    this.child.kill(signal);
    await exited;
    return this.child.exitCode;
  }
}

let home: { folder: string; remove: () => Promise<void> };
let running: Started | undefined;

beforeEach(async () => {
  home = await temporaryFolder();
});
afterEach(async () => {
  if (running && running.child.exitCode === null && running.child.signalCode === null)
    await running.end('SIGTERM');
  running = undefined;
  await home.remove();
}, 60_000);

async function signIn(api: ApiClient, phone = '+2348010000001'): Promise<ApiClient> {
  const { status, body } = await api.post('/api/auth/login', { phone, password: 'wattline-demo' });
  expect(status).toBe(200);
  return api.with({ authorization: `Bearer ${body.accessToken}` });
}

test('a start to ready, a kill -9 in the middle of a payment, and a second start that goes on where it stopped', async () => {
  const base = await freeBase();
  running = Started.run(base, { WATTLINE_HOME: home.folder, LOG_LEVEL: 'info' });
  await running.ready();
  const api = await signIn(running.api);
  const { body: wallet } = await api.get('/api/wallet');
  const accepted = await Promise.all(
    Array.from({ length: 20 }, () =>
      api.post(`/api/wallets/${wallet.id}/add-funds`, { amount: '10.00' }, { 'idempotency-key': newId() }),
    ),
  );
  expect(accepted.every((it) => it.status === 202)).toBe(true);
  await running.end('SIGKILL');

  const began = performance.now();
  running = Started.run(base, { WATTLINE_HOME: home.folder });
  await running.ready();
  expect(performance.now() - began).toBeLessThan(10_000);
  const again = await signIn(running.api);
  const expected = Number(wallet.balance.amount) + 200;
  await until(
    'every accepted top-up is in the wallet',
    async () => {
      const { body } = await again.get('/api/wallet');
      return Number(body.balance.amount) === expected;
    },
    30_000,
  );
  for (const { body } of accepted) {
    const { self } = body.links;
    await until('it is PAID', async () => (await again.get(self)).body.status === 'PAID'); // after the money came
  }
  expect(await running.end('SIGINT')).toBe(0);
  expect(running.output).toContain('Wattline has stopped.');
}, 120_000);

test('the log tells the way of one request from its first event to the SMS, by one correlation id', async () => {
  running = Started.run(await freeBase(), { WATTLINE_HOME: home.folder, LOG_LEVEL: 'info' });
  await running.ready();
  const api = await signIn(running.api);
  const { body: bill } = await api.post('/api/bills', { amount: '5.00', dueDate: '2030-01-31' });
  const correlationId = `way-${newId()}`;
  const { body: wallet } = await api.get('/api/wallet');
  await api.post(`/api/wallets/${wallet.id}/add-funds`, { amount: '5.00' }, { 'idempotency-key': newId() });
  await until(
    'the money is there',
    async () => Number((await api.get('/api/wallet')).body.available.amount) >= 5,
  );
  const headers = { 'idempotency-key': newId(), 'x-correlation-id': correlationId };
  await api.post('/api/payments', { billId: bill.id, amount: '5.00' }, headers);
  const lines = () =>
    running!.output
      .split('\n')
      .filter((line) => line.startsWith('{') && line.includes(correlationId))
      .map((line) => JSON.parse(line) as { service: string; event?: string; msg: string });
  const steps = [
    'wallet wattline.payment_initiated.v1',
    'payment wattline.funds_held.v1',
    'notification wattline.payment_completed.v1',
    'billing wattline.payment_completed.v1',
    'notification SMS accepted',
  ];
  // Services go their own pace: billing may hear of the payment after the SMS has left.
  await until('each has told its step', () => {
    const way = lines().map(({ service, event, msg }) => `${service} ${event ?? msg}`);
    return steps.every((step) => way.includes(step));
  });
  for (const secret of ['2348010000001', 'wattline-demo']) {
    expect(
      running.output.split('\n').filter((line) => line.startsWith('{') && line.includes(secret)),
    ).toEqual([]);
  }
}, 90_000);

test('a port that is taken is said plainly, and nothing is left running', async () => {
  const base = await freeBase();
  const taken = createServer().listen(base, '127.0.0.1');
  await once(taken, 'listening');
  running = Started.run(base, { WATTLINE_HOME: home.folder });
  await once(running.child, 'exit');
  taken.close();
  expect(running.child.exitCode).toBe(1);
  expect(running.output).toContain(`Port ${base} is in use`);
}, 60_000);

test('wrong settings stop the start and are all named at once', async () => {
  running = Started.run(3999, { WATTLINE_HOME: home.folder, WATTLINE_MODE: 'test', SIM_PORT: 'many' });
  await once(running.child, 'exit');
  expect(running.child.exitCode).toBe(1);
  expect(running.output).toContain('WATTLINE_MODE');
  expect(running.output).toContain('SIM_PORT');
});

test('production refuses to start without its secrets, and with the test keys of the demo', async () => {
  const environment = { WATTLINE_HOME: home.folder, WATTLINE_MODE: 'production' };
  running = Started.run(await freeBase(), environment);
  await once(running.child, 'exit');
  expect(running.child.exitCode).toBe(1);
  for (const name of [
    'INTERNAL_SECRET',
    'JWT_SECRET',
    'CONTACT_SECRET',
    'TOKEN_SECRET',
    'TWILIO_AUTH_TOKEN',
  ]) {
    expect(running.output).toContain(name);
  }
}, 60_000);
