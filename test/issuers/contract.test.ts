import { createServer, type Server } from 'node:net';
import { type IssueOutcome, type TokenIssuer, TokenIssuers } from '#billing';
import { Energy, Money } from '#kernel';
import type { IssuerFault } from '#simulators';
import { until } from '#testing';
import { buildDecoderKey, decodeToken, DEMO_STS } from '#tokens';
import { anOrder, type IssuersWorld, METER, startIssuersWorld } from './issuers-world.js';

let world: IssuersWorld;
beforeAll(async () => {
  world = await startIssuersWorld();
}, 60_000);
afterAll(() => world.stop(), 60_000);
afterEach(() => world.simulators.issuers.faults.clear());

const OUTSIDE = ['prism', 'stron', 'calin'] as const;
type Outside = (typeof OUTSIDE)[number];
/** Those that can be asked what became of an earlier call. */
const CAN_BE_ASKED: readonly string[] = ['prism'];

const never = new AbortController().signal;
const issuer = (name: Outside | 'software'): TokenIssuer => world.issuers.of(name);
const made = (requestId: string) => world.simulators.issuers.book.of(requestId);
const order = (fault: IssuerFault, on: Outside, more = {}) =>
  world.simulators.issuers.faults.order({ fault, on, ...more });

function tokensOf(outcome: IssueOutcome) {
  if (outcome.kind !== 'issued') throw new Error(`not issued: ${JSON.stringify(outcome)}`);
  return outcome.tokens;
}

describe.each([...OUTSIDE, 'software'] as const)('%s', (name) => {
  test('makes one credit token, which the meter reads, of what was asked for or more', async () => {
    const request = anOrder();
    const tokens = tokensOf(await issuer(name).issue(request, never));
    expect(tokens.map(({ kind }) => kind)).toEqual(['credit']);
    expect(tokens[0]!.token).toMatch(/^\d{20}$/);
    expect(tokens[0]!.units!.wattHours).toBeGreaterThanOrEqual(request.units.wattHours);
    const key = buildDecoderKey({ drn: METER, ...DEMO_STS });
    if (!key.ok) throw new Error(key.reason);
    const content = decodeToken(tokens[0]!.token, key.value);
    expect(content).toMatchObject({ ok: true, value: { kind: 'credit', tenths: 123n } });
  });

  test.each(['1', '99', '101', '1499', '123450', '777777'])('carries at least %s Wh', async (wattHours) => {
    const units = Energy.ofWattHours(BigInt(wattHours));
    for (const minor of [100n, 33_333n, 1_000_001n]) {
      const request = anOrder({ units, amount: Money.ofMinor(minor, 'NGN') });
      tokensOf(await issuer(name).issue(request, never));
      if (name === 'software') continue;
      const [vend] = made(request.requestId);
      expect(BigInt(vend!.tenths) * 100n).toBeGreaterThanOrEqual(units.wattHours);
    }
  });

  test('keeps leading zeros', async () => {
    const tokens = new Set<string>();
    // One in ten begins with a zero.
    for (let i = 0; i < 200 && ![...tokens].some((it) => it.startsWith('0')); i++)
      tokens.add(tokensOf(await issuer(name).issue(anOrder(), never))[0]!.token);
    expect([...tokens].filter((it) => it.length !== 20)).toEqual([]);
    expect([...tokens].some((it) => it.startsWith('0'))).toBe(true);
  });

  test('refuses a meter that cannot be, for good, in words for the customer', async () => {
    const outcome = await issuer(name).issue(anOrder({ meterNumber: '04987654320' }), never);
    expect(outcome).toMatchObject({ kind: 'refused', code: 'meter_not_vendable' });
  });
});

describe.each(OUTSIDE)('%s, when things go wrong', (name) => {
  test.each<[IssuerFault, IssueOutcome['kind'], number]>([
    ['slow', 'issued', 1],
    ['refused', 'refused', 0],
    ['5xx', 'unknown', 0],
    ['drop-before-accept', 'unknown', 0],
    ['accept-then-5xx', 'unknown', 1],
    ['accept-then-drop', 'unknown', 1],
    ['accept-then-silence', 'unknown', 1],
    ['late', 'unknown', 1],
    ['garbage', 'unknown', 1],
  ])('%s: %s', async (fault, kind, vends) => {
    order(fault, name, fault === 'slow' ? { latencyMs: 50 } : {});
    const request = anOrder();
    const outcome = await issuer(name).issue(request, never);
    expect(outcome.kind).toBe(kind);
    expect(made(request.requestId)).toHaveLength(vends);
    // No token, number or password of anybody in what is stored and logged.
    if ('reason' in outcome) expect(outcome.reason).not.toMatch(/\d{5}/);
  });

  test('nobody there: proven that nothing was made', async () => {
    const { settings } = world.billing.running.parts;
    const url = { prism: 'PRISM_URL', stron: 'STRON_URL', calin: 'CALIN_URL' } as const;
    const away = settings[url[name]].replace(/:\d+/, `:${await portOfNobody()}`);
    const issuers = new TokenIssuers(undefined as never, undefined as never, {
      ...settings,
      [url[name]]: away,
    });
    const outcome = await issuers.of(name).issue(anOrder(), never);
    expect(outcome).toMatchObject({ kind: 'not_done' });
  });

  test('a call that is given up is ended, and unknown', async () => {
    order('accept-then-silence', name);
    const abort = new AbortController();
    const request = anOrder();
    const outcome = issuer(name).issue(request, abort.signal);
    await until('the vend is made', () => made(request.requestId).length === 1);
    abort.abort();
    expect((await outcome).kind).toBe('unknown');
  });

  test(`${CAN_BE_ASKED.includes(name) ? 'is' : 'cannot be'} asked what became of a call`, () => {
    expect(issuer(name).fetchResult !== undefined).toBe(CAN_BE_ASKED.includes(name));
  });
});

test('wrong credentials make nothing, and are no refusal of the meter', async () => {
  const { settings } = world.billing.running.parts;
  const issuers = new TokenIssuers(undefined as never, undefined as never, {
    ...settings,
    STRON_PASSWORD: 'wrong',
    PRISM_PASSWORD: 'wrong',
  });
  for (const name of ['stron', 'prism'] as const) {
    const request = anOrder();
    const outcome = await issuers.of(name).issue(request, never);
    expect(outcome).toEqual({ kind: 'not_done', reason: 'sign-in: refused' });
    expect(made(request.requestId)).toEqual([]);
  }
});

async function portOfNobody(): Promise<string> {
  const server: Server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return String(port);
}
