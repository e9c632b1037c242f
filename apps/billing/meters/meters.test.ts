import { MeterChanged, TariffChanged } from '#contracts';
import { FakeClock, newId } from '#kernel';
import { startTestService, type TestService } from '#testing';
import { billingService } from '../index.js';

const clock = new FakeClock(Date.UTC(2026, 10, 21, 12));
let billing: TestService;

beforeAll(async () => {
  billing = await startTestService(billingService, { clock, environment: { SEED_DEMO: 'true' } });
});
afterAll(() => billing.stop());

const AMINA = '04123456784';
const CHINEDU = '04123456792'; // one digit off, and the check digit that belongs to it
const lookup = (userId: string, number: string) =>
  billing.as(userId).get(`/api/meters/lookup?number=${number}`);
const codes = (body: { warnings: { code: string }[] }) => body.warnings.map(({ code }) => code);

describe('one’s own list', () => {
  test('a meter is saved, named, seen with its masked holder, changed and removed', async () => {
    const me = billing.as(newId());
    const [buildingId, departmentId] = [newId(), newId()];
    const { status, body } = await me.post('/api/meters', { number: AMINA, name: ' Home ', buildingId });
    expect(status).toBe(201);
    expect(body).toEqual({
      id: expect.any(String),
      number: AMINA,
      name: 'Home',
      buildingId,
      status: 'active',
      holder: 'A••• B•••',
      area: 'Ikeja, Lagos',
      createdAt: '2026-11-21T12:00:00.000Z',
    });
    expect((await me.get(`/api/meters/${body.id}`)).body).toEqual(body);
    const changes = { name: 'Shop', departmentId, status: 'inactive' };
    const changed = await me.patch(`/api/meters/${body.id}`, changes);
    expect(changed.body).toEqual({ ...body, ...changes });
    expect((await me.get('/api/meters')).body).toEqual({ items: [changed.body], nextCursor: null });
    expect((await me.delete(`/api/meters/${body.id}`)).status).toBe(204);
    expect((await me.delete(`/api/meters/${body.id}`)).status).toBe(404);
    expect((await me.get('/api/meters')).body.items).toEqual([]);
  });

  test('many are listed page by page, newest first', async () => {
    const me = billing.as(newId());
    for (const number of [AMINA, CHINEDU, '04987654326']) await me.post('/api/meters', { number });
    const first = (await me.get('/api/meters?limit=2')).body;
    expect(first.items.map((it: { number: string }) => it.number)).toEqual(['04987654326', CHINEDU]);
    const rest = (await me.get(`/api/meters?limit=2&cursor=${first.nextCursor}`)).body;
    expect([rest.items[0].number, rest.nextCursor]).toEqual([AMINA, null]);
  });

  test('a stranger’s does not exist, for operators neither', async () => {
    const me = billing.as(newId());
    const { body } = await me.post('/api/meters', { number: AMINA });
    for (const stranger of [billing.as(newId()), billing.as(newId(), 'operator')]) {
      const answers = await Promise.all([
        stranger.get(`/api/meters/${body.id}`),
        stranger.patch(`/api/meters/${body.id}`, { name: 'Mine' }),
        stranger.delete(`/api/meters/${body.id}`),
      ]);
      expect(answers.map(({ status }) => status)).toEqual([404, 404, 404]);
    }
    expect((await me.get(`/api/meters/${body.id}`)).body).toEqual(body);
  });

  test('20 at once: it is on the list once', async () => {
    const me = billing.as(newId());
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => me.post('/api/meters', { number: AMINA })),
    );
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(1);
    expect(answers.filter(({ body }) => body.code === 'conflict')).toHaveLength(19);
  });

  test.each<[object, number, string]>([
    [{ number: '04123456785' }, 400, 'meter_number_invalid'],
    [{ number: '00000000000' }, 404, 'meter_unknown'],
    [{ number: 'AMINA' }, 400, 'validation_failed'],
    [{}, 400, 'validation_failed'],
    [{ number: AMINA, name: '' }, 400, 'validation_failed'],
    [{ number: AMINA, name: 'two\nlines' }, 400, 'validation_failed'],
    [{ number: AMINA, name: 'n'.repeat(61) }, 400, 'validation_failed'],
    [{ number: AMINA, buildingId: 'the tall one' }, 400, 'validation_failed'],
    [{ number: AMINA, status: 'active' }, 400, 'validation_failed'],
  ])('%j is not saved', async (wrong, status, code) => {
    const me = billing.as(newId());
    const answer = await me.post('/api/meters', wrong);
    expect([answer.status, answer.body.code]).toEqual([status, code]);
    expect((await me.get('/api/meters')).body.items).toEqual([]);
  });

  test('a change that is none, or no status, is refused', async () => {
    const me = billing.as(newId());
    const { body } = await me.post('/api/meters', { number: AMINA });
    for (const wrong of [{}, { status: 'blocked' }, { name: null }, { number: CHINEDU }]) {
      expect((await me.patch(`/api/meters/${body.id}`, wrong)).body.code).toBe('validation_failed');
    }
  });
});

describe('looking up a meter', () => {
  test('says whose it is, masked, and what can be paid', async () => {
    const { status, body } = await lookup(newId(), '04111222339');
    expect([status, body]).toEqual([
      200,
      {
        number: '04111222339',
        name: 'H••• S•••',
        area: 'Bodija, Ibadan',
        tariff: 'Rising blocks',
        // Fee 300 and 0.40 for 0.1 kWh, VAT 22.53: 322.93; and 30 % of what exceeds the fee for the debt:
        // of 332.75 are 32.75 above it, 9.82 for the debt, 322.93 left.
        minimum: { amount: '332.75', currency: 'NGN' },
        maximum: { amount: '10000000.00', currency: 'NGN' },
        arrears: { amount: '1500.00', currency: 'NGN' },
        warnings: [{ code: 'first_use', text: expect.any(String) }],
      },
    ]);
  });

  test('warns of a number that is nearly one’s own, here and when it is paid for', async () => {
    const userId = newId();
    expect(codes((await lookup(userId, CHINEDU)).body)).toEqual(['first_use']);
    const { body: saved } = await billing.as(userId).post('/api/meters', { number: AMINA, name: 'Home' });
    const { body } = await lookup(userId, CHINEDU);
    expect(codes(body)).toEqual(['near_match', 'first_use']);
    expect(body.warnings[0].text).toContain(`${AMINA} (Home)`);
    const order = { meterNumber: CHINEDU, amount: '500' };
    const verified = await billing.as(userId).post('/api/electricity/verify', order);
    expect([verified.status, codes(verified.body)]).toEqual([201, ['near_match', 'first_use']]);
    await billing.as(userId).patch(`/api/meters/${saved.id}`, { status: 'suspended' });
    expect(codes((await lookup(userId, AMINA)).body)).toEqual(['meter_not_active', 'first_use']);
    await billing.as(userId).post('/api/meters', { number: CHINEDU });
    expect(codes((await lookup(userId, CHINEDU)).body)).toEqual(['first_use']);
  });

  test('nobody reads the registry number by number', async () => {
    const curious = newId();
    const answers = [];
    for (let i = 0; i < 61; i++) answers.push(await lookup(curious, i % 2 ? AMINA : '00000000000'));
    expect(answers.slice(0, 30).every(({ status }) => status === 200 || status === 404)).toBe(true);
    const last = answers.at(-1)!;
    expect([last.status, last.body.code]).toEqual([429, 'rate_limited']);
    expect(Number(last.headers.get('retry-after'))).toBeGreaterThan(0);
    // Wrong numbers count wherever they are tried; a right one can still be bought for.
    const guess = await billing.as(curious).post('/api/quotes', { meterNumber: '00000000000', amount: 5 });
    expect(guess.body.code).toBe('rate_limited');
    expect((await billing.as(curious).post('/api/quotes', { meterNumber: AMINA, amount: 50 })).status).toBe(
      200,
    );
    expect((await lookup(newId(), AMINA)).status).toBe(200);
  });
});

describe('operators', () => {
  const operatorId = newId();
  const operator = () => billing.as(operatorId, 'operator');
  const METER = { holderName: 'Grace Akello', area: 'Kampala', tariffId: 'ug-domestic' };
  const changes = (event: { name: string }) =>
    billing.published.filter((it) => it.type.includes(event.name)).length;

  test('register meters; the trail says that, and nobody’s name', async () => {
    const number = '04111222347';
    const { status, body } = await operator().put(`/api/ops/meters/${number}`, {
      ...METER,
      arrears: '100000',
    });
    expect(status).toBe(200);
    const known = { number, ...METER, kind: 'sts', status: 'active' };
    expect(body).toEqual({ ...known, arrears: { amount: '100000', currency: 'UGX' } });
    const event = await billing.untilPublished(MeterChanged);
    expect(event.data).toEqual({
      meterNumber: number,
      tariffId: 'ug-domestic',
      status: 'active',
      changedBy: operatorId,
    });
    const before = changes(MeterChanged);
    expect((await operator().put(`/api/ops/meters/${number}`, METER)).body).toEqual(body); // the debt stays
    expect(changes(MeterChanged)).toBe(before);
    expect((await operator().get(`/api/ops/meters/${number}`)).body).toEqual(body);

    // Its price is told in its currency, but wallets here hold another.
    const quote = await billing.as(newId()).post('/api/quotes', { meterNumber: number, amount: 50_000 });
    expect(quote.body).toMatchObject({ amount: { amount: '50000', currency: 'UGX' } });
    const verified = await billing
      .as(newId())
      .post('/api/electricity/verify', { meterNumber: number, amount: 50_000 });
    expect([verified.status, verified.body.code]).toEqual([422, 'currency_mismatch']);
  });

  test.each<[string, object, string]>([
    ['04111222348', {}, 'meter_number_invalid'],
    ['123', { kind: 'online' }, 'meter_number_invalid'],
    ['04111222347', { tariffId: 'nobodys' }, 'validation_failed'],
    ['04111222347', { status: 'broken' }, 'validation_failed'],
    ['04111222347', { arrears: -1 }, 'validation_failed'],
    ['04111222347', { arrears: '0.5' }, 'validation_failed'], // shillings have no cents
  ])('meter %s with %j is refused', async (number, wrong, code) => {
    const answer = await operator().put(`/api/ops/meters/${number}`, { ...METER, ...wrong });
    expect([answer.status, answer.body.code]).toEqual([400, code]);
  });

  const HEAD = {
    name: 'Night',
    utility: 'Demo',
    customerClass: 'all',
    currency: 'NGN',
    timeZone: 'Africa/Lagos',
  };
  const terms = (perKwh: string) => ({
    charges: [],
    blocks: [{ perKwh }],
    minimum: '10',
    maximum: '5000',
    rounding: { wattHours: 100, direction: 'down' },
  });

  test('define tariffs; prices in force are never changed, those to come apply from their day on', async () => {
    const put = (validFrom: string, perKwh: string) =>
      operator().put(`/api/ops/tariffs/night/versions/${validFrom}`, { terms: terms(perKwh) });
    expect((await operator().put('/api/ops/tariffs/night', HEAD)).body).toMatchObject({
      id: 'night',
      versions: [],
    });
    const number = '04111222354';
    await operator().put(`/api/ops/meters/${number}`, { ...METER, tariffId: 'night' });
    const order = { meterNumber: number, amount: '1000' };
    const quote = async () => (await billing.as(newId()).post('/api/quotes', order)).body;
    expect((await quote()).code).toBe('conflict'); // it has no prices
    expect((await put('2026-11-01', '50')).status).toBe(200);
    expect(await quote()).toMatchObject({ tariffVersion: 'night@2026-11-01', units: { kwh: '20' } });
    for (const day of ['2026-11-01', '2026-11-21', '2026-10-01'])
      expect((await put(day, '99')).status).toBe(409);
    expect((await put('2026-11-22', '80')).status).toBe(200);
    expect((await put('2026-11-22', '100')).body.versions).toMatchObject([
      { validFrom: '2026-11-22', terms: { blocks: [{ perKwh: '100' }] } },
      { validFrom: '2026-11-01' },
    ]);
    expect((await quote()).units.kwh).toBe('20');
    clock.advance(11 * 3_600_000); // midnight in Lagos, an hour before UTC
    expect(await quote()).toMatchObject({ tariffVersion: 'night@2026-11-22', units: { kwh: '10' } });
    const high = await billing.as(newId()).post('/api/quotes', { ...order, amount: '5000.01' });
    expect([high.status, high.body.code, high.body.limit.amount]).toEqual([
      422,
      'amount_too_high',
      '5000.00',
    ]);
    expect((await operator().put('/api/ops/tariffs/night', { ...HEAD, currency: 'KES' })).status).toBe(409);
    expect((await billing.untilPublished(TariffChanged)).data).toMatchObject({ tariffId: 'night' });
  });

  test.each<[object, string]>([
    [{ blocks: [] }, '#/terms/blocks'],
    [{ blocks: [{ perKwh: '0' }] }, '#/terms/blocks/0/perKwh'],
    [{ blocks: [{ perKwh: '1.123456' }] }, '#/terms/blocks/0/perKwh'],
    [{ blocks: [{ untilKwh: 5, perKwh: '1' }] }, '#/terms/blocks/0'],
    [
      { blocks: [{ untilKwh: 5, perKwh: '1' }, { untilKwh: 5, perKwh: '1' }, { perKwh: '1' }] },
      '#/terms/blocks/1/untilKwh',
    ],
    [{ minimum: '10.001' }, '#/terms/minimum'],
    [{ minimum: '6000' }, '#/terms/minimum'],
    [{ rounding: { wattHours: 100, direction: 'up' } }, '#/terms/rounding/direction'],
    [{ bonus: 1 }, '#/terms/bonus'],
    [{ charges: [{ kind: 'vat', label: 'VAT', percent: '101' }] }, '#/terms/charges/0/percent'],
    [
      {
        charges: [
          { kind: 'vat', label: 'VAT', percent: '5' },
          { kind: 'arrears', label: 'Debt', percent: '5' },
        ],
      },
      '#/terms/charges/1',
    ],
    [
      { timeOfUse: [{ name: 'x', fromHour: 6, untilHour: 6, blocks: [{ perKwh: '1' }] }] },
      '#/terms/timeOfUse/0',
    ],
  ])('terms with %j are refused, and it is said where', async (wrong, pointer) => {
    const body = { terms: { ...terms('50'), ...wrong } };
    const answer = await operator().put('/api/ops/tariffs/demo-business/versions/2027-01-01', body);
    expect([answer.status, answer.body.code]).toEqual([400, 'validation_failed']);
    expect(answer.body.errors).toContainEqual(expect.objectContaining({ pointer }));
  });

  test('nobody else may', async () => {
    for (const role of ['household', 'institution'] as const) {
      const other = billing.as(newId(), role);
      expect((await other.put('/api/ops/meters/04111222347', METER)).status).toBe(403);
      expect((await other.get(`/api/ops/meters/${AMINA}`)).status).toBe(403);
      expect((await other.put('/api/ops/tariffs/night', HEAD)).status).toBe(403);
    }
  });
});
