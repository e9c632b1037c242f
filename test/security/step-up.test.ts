import { newId } from '#kernel';
import { type Answer, type ApiClient, type Json, until } from '#testing';
import { Person } from '../e2e/person.js';
import { startOneProcess, type SystemUnderTest } from '../e2e/system.js';

const PASSWORD = 'correct horse 42'; // of every Person
let world: SystemUnderTest;
let payer: Person;
let payee: Person;

beforeAll(async () => {
  world = await startOneProcess({ environment: { STEP_UP_ABOVE: '100' } });
  payer = await Person.register(world, 'Amina Bello');
  payee = await Person.register(world, 'Chidi Okafor');
  await payer.addFunds('5000.00');
}, 60_000);
afterAll(() => world.stop(), 60_000);

interface Way {
  name: string;
  /** Moves this amount away from the payer. */
  move: (api: ApiClient, amount: string, key: string) => Promise<Answer>;
}

const keyed = (key: string) => ({ 'idempotency-key': key });
const bills = new Map<string, string>();
/** One bill for each key, so that a request can be sent again. */
async function billFor(key: string, amount: string): Promise<string> {
  if (!bills.has(key)) bills.set(key, (await payer.createBill(amount)).id);
  return bills.get(key)!;
}

const WAYS: Way[] = [
  {
    name: 'POST /api/transfers',
    move: (api, amount, key) => api.post('/api/transfers', { toWalletId: payee.id, amount }, keyed(key)),
  },
  {
    name: 'POST /pay',
    move: (api, amount, key) => api.post('/pay', { toUserId: payee.id, amount }, keyed(key)),
  },
  {
    name: 'POST /api/payments',
    move: async (api, amount, key) =>
      api.post('/api/payments', { billId: await billFor(key, amount), amount }, keyed(key)),
  },
  {
    name: 'POST /api/vend/{billId}/pay, without naming the amount',
    move: async (api, amount, key) =>
      api.post(`/api/vend/${await billFor(key, amount)}/pay`, undefined, keyed(key)),
  },
  {
    name: 'POST /api/Vend/{billId}/pay',
    move: async (api, amount, key) =>
      api.post(`/api/Vend/${await billFor(key, amount)}/pay`, { amount }, keyed(key)),
  },
];

const outcome = ({ status, body }: Answer) => [status, body.code];
/** Once what was paid before has been taken. */
function settledBalance(): Promise<string> {
  return until('nothing is held', async () => {
    const { held, balance } = (await payer.api.get('/api/wallet')).body;
    return held.amount === '0.00' && (balance.amount as string);
  });
}

async function proved(): Promise<ApiClient> {
  const { body } = await payer.api.post('/api/auth/step-up', { password: PASSWORD });
  return payer.api.with({ 'x-step-up': body.stepUpToken });
}

describe('API2 a large amount needs the password again', () => {
  test.each(WAYS)('$name: above the limit, refused without it, and nothing moves', async ({ move }) => {
    const before = await settledBalance();
    const key = newId();
    expect(outcome(await move(payer.api, '100.01', key))).toEqual([403, 'step_up_required']);
    const held = (await payer.api.get('/api/wallet')).body.held.amount;
    expect([await payer.balance(), held]).toEqual([before, '0.00']);
    // The same request goes on once the proof is there, is done once, and then needs it no more.
    const accepted = await move(await proved(), '100.01', key);
    expect(await payer.finished(accepted)).toMatchObject({ status: 'PAID', amount: { amount: '100.01' } });
    const again = await move(payer.api, '100.01', key);
    expect([again.status, again.body.id, again.headers.get('idempotency-replayed')]).toEqual([
      202,
      accepted.body.id,
      'true',
    ]);
  });

  test.each(WAYS)('$name: the limit itself needs no proof', async ({ move }) => {
    expect(await payer.finished(await move(payer.api, '100.00', newId()))).toMatchObject({ status: 'PAID' });
  });

  test('an API key, which has no session, moves no such amount, whatever it carries', async () => {
    const { body } = await payer.api.post('/api/api-keys', { name: 'till', scopes: ['payments:write'] });
    const { body: proof } = await payer.api.post('/api/auth/step-up', { password: PASSWORD });
    const key = world.api.with({ authorization: `Bearer ${body.key}`, 'x-step-up': proof.stepUpToken });
    const outcomes: unknown[] = [];
    for (const { move } of WAYS) outcomes.push(outcome(await move(key, '100.01', newId())));
    expect(outcomes).toEqual(WAYS.map(() => [403, 'step_up_required']));
  });

  test('every route that moves money away is one of these', async () => {
    const { body } = await world.api.get('/openapi.json');
    const refusing = Object.entries<Json>(body.paths).flatMap(([path, operations]) =>
      Object.entries<Json>(operations)
        .filter(([, { responses }]) => String(responses[403]?.description).includes('step_up_required'))
        .map(([method]) => `${method.toUpperCase()} ${path}`),
    );
    const known = WAYS.map(({ name }) => name.split(',')[0]);
    expect(refusing.filter((it) => !known.includes(it))).toEqual([]);
    expect(refusing.length).toBeGreaterThanOrEqual(4);
    // What takes a key moves money; adding funds moves none away, and operators have a second person instead.
    const keyed = Object.entries<Json>(body.paths).flatMap(([path, { post }]) =>
      (post?.parameters as Json[] | undefined)?.some(({ name }) => name === 'Idempotency-Key') ? [path] : [],
    );
    const others = keyed.filter((path) => !known.includes(`POST ${path}`));
    expect(others.filter((path) => !/add-funds$|^\/api\/ops\//.test(path))).toEqual([]);
  });
});
