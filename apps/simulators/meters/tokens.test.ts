import { DeviceKey, issueCode, issueKeyChange, issueOrder, testToken } from '#tokens';
import { decoderOf, factsOf, METER, MetersWorld, OTHER_METER } from '../testing/meters-world.js';

const MINUTE = 60_000;
const OTHER_VENDING_KEY = '00112233445566778899aabbccddeeff01020304';

let world: MetersWorld;
beforeEach(async () => {
  world = await MetersWorld.start();
});
afterEach(() => world.simulators.close());

describe('a token', () => {
  it('bought in the demo is accepted once, adds exactly its energy, and then is used', async () => {
    expect(await world.state()).toMatchObject({ creditKwh: '0', relay: 'open', usedTokens: 0 });
    const token = world.credit(123n);
    expect(await world.key(token)).toEqual({
      answer: 'accepted',
      kwh: '12.3',
      creditKwh: '12.3',
      message: 'Accepted +12.3 kWh',
    });
    expect(await world.key(token)).toMatchObject({ answer: 'used', kwh: null, creditKwh: '12.3' });
    expect(await world.state()).toMatchObject({
      kind: 'sts',
      relay: 'closed',
      usedTokens: 1,
      display: { credit: '12.3 kWh', message: 'Used already' },
    });
  });

  it('is keyed as it stands in an SMS, with spaces or dashes', async () => {
    const inFours = (token: string, gap: string) => token.replace(/(\d{4})(?=\d)/g, `$1${gap}`);
    expect(await world.key(inFours(world.credit(10n), ' '))).toMatchObject({ answer: 'accepted' });
    expect(await world.key(inFours(world.credit(10n), '-'))).toMatchObject({ creditKwh: '2' });
  });

  it('of another meter is refused, and says so where that meter is known', async () => {
    const token = world.credit(50n, factsOf(OTHER_METER));
    expect(await world.key(token)).toMatchObject({ answer: 'crc_error' });
    await world.state(OTHER_METER);
    expect(await world.key(token)).toMatchObject({ answer: 'wrong_meter', creditKwh: '0' });
    expect((await world.state()).display.message).toBe('Not for this meter');
    expect(await world.key(token, OTHER_METER)).toMatchObject({ answer: 'accepted', kwh: '5' });
  });

  it('older than the fifty that the meter remembers is old', async () => {
    const oldest = world.credit(10n);
    for (let i = 0; i < 50; i++) await world.key(world.credit(10n));
    expect(await world.key(oldest)).toMatchObject({ answer: 'old', creditKwh: '50' });
    expect(await world.state()).toMatchObject({ usedTokens: 50 });
  });

  it.each(['1234', '1234567890123456789O', '252172480219416615201', '99999999999999999999'])(
    '%s is none',
    async (token) => {
      expect(await world.key(token)).toMatchObject({ answer: 'format_error', creditKwh: '0' });
    },
  );

  it('for a test makes the meter show what is asked for', async () => {
    const token = testToken(18);
    expect(token.ok && (await world.key(token.value))).toMatchObject({
      answer: 'accepted',
      shown: [{ test: 18, value: METER }],
      message: `18: ${METER}`,
    });
  });
});

describe('three wrong tokens', () => {
  it('lock the meter for ten seconds', async () => {
    const wrong = world.credit(10n, { ...factsOf(METER), vendingKeyHex: OTHER_VENDING_KEY });
    for (let i = 0; i < 3; i++) expect(await world.key(wrong)).toMatchObject({ answer: 'crc_error' });
    const good = world.credit(10n);
    expect(await world.key(good)).toMatchObject({ answer: 'locked', creditKwh: '0' });
    expect(await world.state()).toMatchObject({ lockedUntil: '2026-03-02T12:00:10.000Z' });
    world.clock.advance(10_000);
    expect(await world.key(good)).toMatchObject({ answer: 'accepted' });
    expect(await world.state()).toMatchObject({ lockedUntil: null });
  });
});

describe('a key change', () => {
  const next = { krn: 2, vendingKeyHex: OTHER_VENDING_KEY };
  const to = { ...factsOf(METER), ...next, ken: 255 };

  async function sections(): Promise<string[]> {
    const tokens = issueKeyChange(factsOf(METER), to);
    if (!tokens.ok) throw new Error(tokens.reason);
    return tokens.value.map(({ token }) => token);
  }

  it('takes its four tokens in any order, then credit under the new key alone; the credit is kept', async () => {
    await world.post('', { number: METER, nextKeys: next });
    await world.key(world.credit(30n));
    const [first, second, third, fourth] = await sections();
    const early = world.credit(50n, to);
    expect(await world.key(early)).toMatchObject({ answer: 'key_change_needed', creditKwh: '3' });
    for (const section of [second!, first!, fourth!]) {
      expect(await world.key(section)).toMatchObject({ answer: 'key_section', kwh: null });
    }
    expect(await world.key(third!)).toMatchObject({ answer: 'accepted', creditKwh: '3' });
    expect(await world.state()).toMatchObject({ facts: { krn: 2 } });
    expect(await world.key(early)).toMatchObject({ answer: 'accepted', kwh: '5', creditKwh: '8' });
    expect(await world.key(world.credit(50n))).toMatchObject({ answer: 'crc_error' });
  });

  it('is forgotten in a power cut, or after ten minutes', async () => {
    const [first, second, third, fourth] = await sections();
    for (const section of [first!, second!, third!]) await world.key(section);
    await world.post(`/${METER}/faults`, { fault: 'power-cut' });
    expect(await world.key(fourth!)).toMatchObject({ answer: 'key_section' });
    for (const section of [first!, second!]) await world.key(section);
    world.clock.advance(11 * MINUTE);
    expect(await world.key(third!)).toMatchObject({ answer: 'key_section' });
    expect(await world.state()).toMatchObject({ facts: { krn: 1 } });
  });

  it('is asked for by a meter whose key has expired', async () => {
    await world.post('', { number: METER, keys: { ken: 1 } });
    expect(await world.key(world.credit(10n))).toMatchObject({ answer: 'key_change_needed' });
  });
});

describe('somebody who opens the case', () => {
  it('cuts the energy off until a token clears it', async () => {
    await world.key(world.credit(100n));
    await world.post(`/${METER}/faults`, { fault: 'tampered' });
    await world.key(world.credit(100n));
    expect(await world.state()).toMatchObject({ relay: 'open', tampered: true, creditKwh: '20' });
    const order = { order: 'clear_tamper', tid: world.nextTid(), rnd: 1 } as const;
    const clear = issueOrder(decoderOf(factsOf(METER)), order);
    expect(clear.ok && (await world.key(clear.value.token))).toMatchObject({ answer: 'accepted' });
    expect(await world.state()).toMatchObject({ relay: 'closed', tampered: false });
  });
});

describe('an OpenPAYGO device', () => {
  const DEVICE = '700001';
  const keyHex = 'a29ab82edc5fbbc41ec9530f6dac86b1';
  const startingCode = 123_456_789;

  function code(days: number, count: number): string {
    const key = DeviceKey.ofHex(keyHex);
    if (!key.ok) throw new Error(key.reason);
    const issued = issueCode({ key: key.value, startingCode }, { kind: 'add_time', value: days, count });
    if (!issued.ok) throw new Error(issued.reason);
    return issued.value.code;
  }

  it('is paid by time: a code adds days once, and when they are over the relay opens', async () => {
    const made = await world.post('', { number: DEVICE, kind: 'openpaygo', keys: { keyHex, startingCode } });
    expect([made.status, made.body.relay, made.body.creditKwh]).toEqual([201, 'open', null]);
    expect(await world.key(code(7, 0), DEVICE)).toEqual({
      answer: 'accepted',
      kwh: null,
      creditKwh: null,
      message: 'Accepted +7 d 0 h',
    });
    expect(await world.key(code(7, 0), DEVICE)).toMatchObject({ answer: 'used' });
    expect(await world.state(DEVICE)).toMatchObject({ relay: 'closed', display: { credit: '7 d 0 h' } });
    await world.post(`/${DEVICE}/clock`, { advanceHours: 7 * 24 });
    expect(await world.state(DEVICE)).toMatchObject({ relay: 'open', display: { credit: '0 d 0 h' } });
    const { body } = await world.get(`/${DEVICE}/readings`);
    expect(body.items).toHaveLength(7 * 24);
    expect(Number(body.items.at(-1)!.totalKwh)).toBeGreaterThan(7);
  });

  it('waits after a wrong code, and knows no token of twenty digits', async () => {
    await world.post('', { number: DEVICE, kind: 'openpaygo', keys: { keyHex, startingCode } });
    expect(await world.key(world.credit(10n), DEVICE)).toMatchObject({ answer: 'format_error' });
    expect(await world.key('111222333', DEVICE)).toMatchObject({ answer: 'crc_error' });
    expect(await world.key(code(7, 0), DEVICE)).toMatchObject({ answer: 'locked' });
    world.clock.advance(2 * MINUTE);
    expect(await world.key(code(7, 0), DEVICE)).toMatchObject({ answer: 'accepted' });
  });
});
