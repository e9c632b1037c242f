import { DEMO_STS } from '#tokens';
import { decoderOf, factsOf, METER, MetersWorld } from '../testing/meters-world.js';
import { until } from '../testing/until.js';

const OTHER_VENDING_KEY = '00112233445566778899aabbccddeeff01020304';

let world: MetersWorld;
beforeEach(async () => {
  world = await MetersWorld.start();
});
afterEach(() => world.simulators.close());

describe('the meters', () => {
  it('are listed once somebody has asked for them', async () => {
    expect((await world.get('')).body).toEqual({ items: [] });
    const state = await world.state();
    expect((await world.get('')).body).toEqual({ items: [state] });
    expect(state).toMatchObject({ number: METER, facts: { sgc: DEMO_STS.sgc, krn: 1, ti: '01' } });
  });

  it('have the demo’s keys unless they are given others', async () => {
    const keys = { vendingKeyHex: OTHER_VENDING_KEY, sgc: '400123', krn: 3 };
    const made = await world.post('', { number: METER, keys });
    expect([made.status, made.body.facts.sgc, made.body.facts.krn]).toEqual([201, '400123', 3]);
    expect(await world.key(world.credit(10n))).toMatchObject({ answer: 'crc_error' });
    const token = world.credit(10n, { ...factsOf(METER), ...keys });
    expect(await world.key(token)).toMatchObject({ answer: 'accepted' });
  });

  it('never show a key, nor a token in the log', async () => {
    const keys = { vendingKeyHex: OTHER_VENDING_KEY };
    const facts = { ...factsOf(METER), ...keys };
    const token = world.credit(10n, facts);
    const said = [
      await world.post('', { number: METER, keys, nextKeys: keys }),
      await world.key(token),
      await world.state(),
      await world.get(''),
      await world.get('/log'),
      await world.get(`/${METER}/readings`),
      await world.post('', { number: METER, keys }),
      await world.post('', { number: METER, keys: { ...keys, sgc: 'x' } }),
    ].map((answer) => JSON.stringify(answer));
    const decoderKey = decoderOf(facts).reveal();
    for (const text of said) {
      for (const secret of [OTHER_VENDING_KEY, decoderKey, token]) expect(text).not.toContain(secret);
    }
    expect((await world.get('/log')).body.items).toContainEqual(
      expect.objectContaining({
        event: 'keyed',
        answer: 'accepted',
        kwh: '1',
        token: `••••${token.slice(-4)}`,
      }),
    );
  });

  it.each([
    ['123', 400, 'no_such_number'],
    ['041234567845', 400, 'no_such_number'],
    ['04123456785', 400, 'wrong_check_digit'],
    ['nobody', 400, 'no_such_number'],
  ])('with the number %s there are none', async (number, status, code) => {
    for (const answer of [
      await world.get(`/${number}`),
      await world.get(`/${number}/readings`),
      await world.post(`/${number}/keys`, { token: '1' }),
      await world.post(`/${number}/clock`, { speed: 1 }),
      await world.post(`/${number}/faults`, { fault: 'slow' }),
    ]) {
      expect(answer).toMatchObject({ status, body: { status, code, title: expect.any(String) } });
    }
    expect((await world.get('')).body.items).toEqual([]);
  });

  it.each([
    ['keys', {}, 'token'],
    ['keys', { token: 12_345_678_901 }, 'string'],
    ['keys', { token: '' }, 'fewer'],
    ['keys', { token: '1'.repeat(65) }, 'more than 64'],
    ['keys', { token: '1', force: true }, 'additional'],
    ['keys', '{"token"', 'JSON'],
    ['keys', [], 'object'],
    ['clock', {}, 'fewer than 1'],
    ['clock', { speed: '60' }, 'number'],
    ['clock', { speed: -1 }, '>= 0'],
    ['clock', { speed: 3_601 }, '<= 3600'],
    ['clock', { advanceHours: 0.5 }, 'integer'],
    ['clock', { advanceHours: 9_999 }, '<= 8784'],
    ['faults', { fault: 'fire' }, 'one of'],
    ['faults', {}, 'fault must be'],
  ])('do not understand %s %j', async (path, body, detail) => {
    const before = await world.state();
    const answer = await world.post(`/${METER}/${path}`, body);
    expect(answer).toMatchObject({ status: 400, body: { status: 400 } });
    expect(answer.body.detail).toContain(detail);
    expect(await world.state()).toEqual(before);
  });

  it.each([
    [{}, 400, 'number'],
    [{ number: METER, keys: { vendingKeyHex: 'ab' } }, 400, 'vendingKeyHex'],
    [{ number: METER, keys: { krn: 10 } }, 400, 'krn'],
    [{ number: METER, keys: { baseDate: 2015 } }, 400, 'baseDate'],
    [{ number: METER, keys: { decoderKey: 'x' } }, 400, 'additional'],
    [{ number: METER, kind: 'gas' }, 400, 'kind'],
    [{ number: '700001', kind: 'openpaygo' }, 400, 'keys'],
    [{ number: '700001', kind: 'openpaygo', keys: { keyHex: 'ab', startingCode: 1 } }, 400, 'keyHex'],
  ])('cannot be made of %j', async (order, status, detail) => {
    const answer = await world.post('', order);
    expect(answer.status).toBe(status);
    expect(answer.body.detail).toContain(detail);
  });

  it('are there once, and readings begin at a time', async () => {
    await world.state();
    expect(await world.post('', { number: METER })).toMatchObject({ status: 409, body: { code: 'exists' } });
    expect((await world.get(`/${METER}/readings?from=yesterday`)).status).toBe(400);
  });
});

describe('the fault menu', () => {
  it('strikes one meter or all, and says what it can', async () => {
    const { menu } = (await world.get('/faults')).body;
    expect(Object.keys(menu)).toContain('accept-then-drop');
    const order = await world.post(`/${METER}/faults`, { fault: '5xx' });
    expect(order).toMatchObject({ status: 201, body: { to: METER, times: 1, on: 'any' } });
    expect((await world.post('/faults', { fault: 'mistyped', times: 1 })).status).toBe(201);
    const token = world.credit(10n);
    expect((await world.post(`/${METER}/keys`, { token })).status).toBe(503);
    expect(await world.key(token)).toMatchObject({ answer: 'crc_error' });
    expect(await world.key(token)).toMatchObject({ answer: 'accepted' });
  });

  it('loses the answer, and what was keyed shows when it is keyed again', async () => {
    const token = world.credit(10n);
    await world.post(`/${METER}/faults`, { fault: 'drop-before-accept' });
    await expect(world.key(token)).rejects.toThrow('fetch failed');
    expect(await world.state()).toMatchObject({ usedTokens: 0 });
    await world.post(`/${METER}/faults`, { fault: 'accept-then-drop' });
    await expect(world.key(token)).rejects.toThrow('fetch failed');
    expect(await world.key(token)).toMatchObject({ answer: 'used', creditKwh: '1' });
  });

  it('takes its time, but no longer than the simulators live', async () => {
    await world.post('/faults', { fault: 'slow', latencyMs: 60_000 });
    const waiting = world.key(world.credit(10n)).catch(() => undefined);
    await until('the meter is slow', async () =>
      (await world.get('/log')).body.items.some(({ event }) => event === 'fault'),
    );
    const before = performance.now();
    await world.simulators.close();
    await waiting;
    expect(performance.now() - before).toBeLessThan(30_000);
  });

  it('tears holes into the readings, or doubles them', async () => {
    await world.post(`/${METER}/clock`, { advanceHours: 6 });
    const count = async () => (await world.get(`/${METER}/readings`)).body.items.length;
    await world.post(`/${METER}/faults`, { fault: 'readings-missing' });
    await world.post(`/${METER}/faults`, { fault: 'readings-twice' });
    expect([await count(), await count(), await count()]).toEqual([4, 12, 6]);
  });
});

describe('the page of meters', () => {
  it('is one file with keypad and display that loads and runs nothing else', async () => {
    const answer = await fetch(`${world.simulators.url}/meters/page`);
    const html = await answer.text();
    expect(answer.headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(answer.headers.get('content-security-policy')).toMatch(/default-src 'none'.*script-src 'sha256-/);
    expect(html).toMatch(/class="display"[^]*id="keys"/);
    expect(html).not.toMatch(/(src|href)="https?:|@import|url\((?!data:)/);
    expect(html).not.toMatch(/innerHTML|insertAdjacentHTML|document\.write/);
  });
});
