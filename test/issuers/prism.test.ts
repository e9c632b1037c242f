import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type IssueOutcome, TokenIssuers } from '#billing';
import type { IssuerFault } from '#simulators';
import { startSimulators } from '#simulators';
import { buildDecoderKey, decodeToken, DEMO_STS } from '#tokens';
import { anOrder, type IssuersWorld, METER, startIssuersWorld } from './issuers-world.js';
import { selfSigned } from './self-signed.js';

let world: IssuersWorld;
beforeAll(async () => {
  world = await startIssuersWorld();
}, 60_000);
afterAll(() => world.stop(), 60_000);
afterEach(() => world.simulators.issuers.faults.clear());

const never = new AbortController().signal;
const prism = () => world.issuers.of('prism');
const made = (requestId: string) => world.simulators.issuers.book.of(requestId);
const tokens = (outcome: IssueOutcome) => (outcome.kind === 'issued' ? outcome.tokens : []);

test.each<IssuerFault>(['accept-then-drop', 'accept-then-silence', 'accept-then-5xx', 'garbage', 'late'])(
  'after %s the module says what it has made, once and again',
  async (fault) => {
    world.simulators.issuers.faults.order({ fault, on: 'prism' });
    const request = anOrder();
    expect((await prism().issue(request, never)).kind).toBe('unknown');
    for (let times = 0; times < 2; times++) {
      const found = await prism().fetchResult!(request, never);
      expect(tokens(found).map(({ token }) => token)).toEqual(
        made(request.requestId).map(({ token }) => token),
      );
    }
    expect(made(request.requestId)).toHaveLength(1);
  },
);

test('one request id is one vend, however often it is asked for', async () => {
  const request = anOrder();
  const [first, second] = [await prism().issue(request, never), await prism().issue(request, never)];
  expect(tokens(first)).toHaveLength(1);
  expect(second).toEqual(first);
  expect(made(request.requestId)).toHaveLength(1);
});

test('what the module does not know stays unknown: it may have forgotten', async () => {
  const outcome = await prism().fetchResult!(anOrder(), never);
  expect(outcome).toEqual({ kind: 'unknown', reason: 'ECacheMiss' });
});

test('an answer for another meter is none', async () => {
  await prism().issue(anOrder(), never);
  world.simulators.issuers.faults.order({ fault: 'duplicate', on: 'prism' });
  const outcome = await prism().issue(anOrder({ meterNumber: '04123456792' }), never);
  expect(outcome).toEqual({ kind: 'unknown', reason: 'the answer is not understood' });
});

test('a key change comes first, in its order, and the credit is under the new key', async () => {
  const request = anOrder();
  if (request.device.kind !== 'sts') throw new Error('no STS meter');
  const changeTo = { ...request.device.key, krn: 2, ti: '02' };
  const outcome = await prism().issue({ ...request, device: { ...request.device, changeTo } }, never);
  expect(tokens(outcome).map(({ kind }) => kind)).toEqual([...Array<string>(4).fill('key_change'), 'credit']);
  const [oldKey, newKey] = [{ ...DEMO_STS }, { ...DEMO_STS, krn: 2, ti: '02' }].map((it) => {
    const key = buildDecoderKey({ drn: METER, ...it });
    if (!key.ok) throw new Error(key.reason);
    return key.value;
  });
  const sections = tokens(outcome)
    .slice(0, 4)
    .map(({ token }) => decodeToken(token, oldKey!));
  expect(sections.map((it) => it.ok && 'section' in it.value && it.value.section)).toEqual([1, 2, 3, 4]);
  expect(decodeToken(tokens(outcome)[4]!.token, newKey!)).toMatchObject({
    ok: true,
    value: { kind: 'credit' },
  });
});

describe('by TLS', () => {
  const folder = mkdtempSync(join(tmpdir(), 'wattline-prism-'));
  afterAll(() => rmSync(folder, { recursive: true }));

  test('the pinned certificate is believed, and no other: then nothing was sent', async () => {
    const [own, another] = [selfSigned('module'), selfSigned('module')];
    const module = await startSimulators({
      port: 0,
      twilio: { accountSid: `AC${'0'.repeat(32)}`, authToken: 'wattline-demo-token' },
      issuers: { prism: { port: 0, tls: own } },
    });
    const issuerThatPins = (certificate: string) => {
      const file = join(folder, 'module.pem');
      writeFileSync(file, certificate);
      const { settings } = world.billing.running.parts;
      const PRISM_URL = `tls://127.0.0.1:${module.issuers.prismPort()}`;
      return new TokenIssuers(undefined as never, undefined as never, {
        ...settings,
        PRISM_URL,
        PRISM_CERTIFICATE_FILE: file,
      }).of('prism');
    };
    try {
      expect((await issuerThatPins(own.cert).issue(anOrder(), never)).kind).toBe('issued');
      expect((await issuerThatPins(another.cert).issue(anOrder(), never)).kind).toBe('not_done');
      expect(module.issuers.book.vends.total).toBe(1);
    } finally {
      await module.close();
    }
  });
});
