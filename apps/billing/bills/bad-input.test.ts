import { newId } from '#kernel';
import { type Answer, type ApiClient, startTestService, type TestService } from '#testing';
import { billingService } from '../index.js';
import { claimBill } from '../testing/claim-bill.js';

let billing: TestService;
const me = newId();
/** Bills: `mine` of my own making, `theirs` of another customer. */
let mine: string;
let theirs: string;

beforeAll(async () => {
  billing = await startTestService(billingService, { twice: false });
  const make = async (userId: string) =>
    (await billing.as(userId).post('/api/bills', { amount: 100, dueDate: '2999-12-31' })).body.id as string;
  mine = await make(me);
  theirs = await make(newId());
});
afterAll(() => billing.stop());

/** All that a refused request must leave as it was. */
const everything = () =>
  billing.database.rows(`
    SELECT (SELECT json_agg(b ORDER BY b.id) FROM billing.bills b) AS bills,
           (SELECT count(*) FROM billing.outbox) AS events`);

async function expectNothingChanges(
  call: () => Promise<Pick<Answer, 'status' | 'body'>>,
  status: number,
  code: string,
) {
  const before = await everything();
  const answer = await call();
  expect([answer.status, answer.body.code]).toEqual([status, code]);
  expect(await everything()).toEqual(before);
  return answer;
}

const AMOUNTS: [string, unknown][] = [
  ['zero', 0],
  ['zero as text', '0.00'],
  ['negative', -5],
  ['negative text', '-0.01'],
  ['three decimals', '1.001'],
  ['a float with a tail', 0.1 + 0.2],
  ['above ten million', '10000000.01'],
  ['huge', 1e21],
  ['a very long text', '9'.repeat(500)],
  ['no number', 'ten'],
  ['hexadecimal', '0x10'],
  ['exponent', '1e3'],
  ['with a comma', '1,000'],
  ['padded', ' 5 '],
  ['empty', ''],
  ['true', true],
  ['null', null],
  ['a list', [100]],
  ['an object', { amount: '5.00', currency: 'NGN' }],
];
const DATES: [string, unknown][] = [
  ['yesterday long ago', '2020-01-01'],
  ['30 February', '2999-02-30'],
  ['31 April', '2999-04-31'],
  ['29 February of a common year', '2999-02-29'],
  ['month 13', '2999-13-01'],
  ['day zero', '2999-01-00'],
  ['a moment', '2999-01-01T00:00:00Z'],
  ['without zeros', '2999-1-1'],
  ['another order', '31/12/2999'],
  ['five digits of year', '12999-01-01'],
  ['other digits', '２９９９-01-01'],
  ['a number', 29990101],
  ['null', null],
  ['empty', ''],
];
const TEXTS: [string, unknown][] = [
  ['too long', 'x'.repeat(201)],
  ['a number', 5],
  ['null', null],
  ['a NUL', 'a\u0000b'],
  ['two lines', 'a\nb'],
  ['a list', ['a']],
];
const CURRENCIES: [string, unknown][] = [
  ['another one', 'USD'],
  ['none that exists', 'ABC'],
  ['lower case', 'ngn'],
  ['a number', 5],
  ['of the prototype', 'toString'],
];
const IDS: [string, unknown][] = [
  ['no id', 'me'],
  ['a number', 5],
  ['null', null],
  ['upper case', newId().toUpperCase()],
  ['empty', ''],
];
const rows = (member: string, cases: [string, unknown][]) =>
  cases.map(([what, value]): [string, string, unknown] => [member, what, value]);

describe('POST /api/bills', () => {
  const valid = { amount: '100.00', dueDate: '2999-12-31' };
  const post = (body: unknown) => billing.as(me).post('/api/bills', body);

  test.each([
    ...rows('amount', [...AMOUNTS, ['missing', undefined]]),
    ...rows('dueDate', [...DATES, ['missing', undefined]]),
    ...rows('description', TEXTS),
    ...rows('meterNumber', [
      ['letters', 'abcdefgh'],
      ['short', '1234'],
      ['long', '1'.repeat(21)],
      ['a number', 4123456789],
      ['null', null],
    ]),
    ...rows('customerId', IDS),
    ...rows('currency', CURRENCIES),
    ...rows('unknownMember', [['anything', 1]]),
    ...rows('status', [['an own one', 'paid']]),
    ...rows('claimedBy', [['a payment', newId()]]),
    ...rows('__proto__x', [['anything', {}]]),
  ])('%s: %s is refused and changes nothing', async (member, _, value) => {
    const { body } = await expectNothingChanges(
      () => post({ ...valid, [member]: value }),
      400,
      'validation_failed',
    );
    expect(body.errors).toEqual([expect.objectContaining({ pointer: `#/${member}` })]);
  });

  test.each<[string, unknown]>([
    ['a list', []],
    ['a list of bills', [valid]],
    ['text', '"a bill"'],
    ['null', 'null'],
    ['half of an object', '{"amount":'],
    ['nothing', undefined],
  ])('a body that is %s changes nothing', async (_, body) => {
    await expectNothingChanges(() => post(body), 400, 'validation_failed');
  });

  test.each(['household', 'institution'] as const)('a %s cannot bill somebody else', async (role) => {
    const bill = { ...valid, customerId: newId() };
    await expectNothingChanges(() => billing.as(me, role).post('/api/bills', bill), 403, 'forbidden');
  });

  test('a body of a megabyte, or of another type, changes nothing', async () => {
    const huge = { ...valid, description: 'x'.repeat(1_000_000) };
    await expectNothingChanges(() => post(huge), 413, 'payload_too_large');
    const form = () => billing.as(me).call('POST', '/api/bills', 'amount=5', { 'content-type': 'text/csv' });
    await expectNothingChanges(form, 415, 'unsupported_media_type');
  });
});

describe('PATCH /api/bills/{id}', () => {
  test.each([
    ...rows('amount', AMOUNTS),
    ...rows('dueDate', DATES),
    ...rows('description', TEXTS),
    ...rows('currency', [['alone', 'NGN']]),
    ...rows('customerId', [['another one', newId()]]),
    ...rows('meterNumber', [['which is not changed', '04123456784']]),
    ...rows('status', [['an own one', 'paid']]),
  ])('%s: %s is refused and changes nothing', async (member, _, value) => {
    const patch = () => billing.as(me).patch(`/api/bills/${mine}`, { [member]: value });
    const { body } = await expectNothingChanges(patch, 400, 'validation_failed');
    expect(body.errors).toEqual([expect.objectContaining({ pointer: `#/${member}` })]);
  });

  test('one wrong member spoils the right ones', async () => {
    const patch = () => billing.as(me).patch(`/api/bills/${mine}`, { amount: 5, dueDate: '2020-01-01' });
    await expectNothingChanges(patch, 400, 'validation_failed');
  });

  test.each<[string, unknown]>([
    ['an empty body', {}],
    ['a list', []],
    ['nothing', undefined],
  ])('%s changes nothing', async (_, body) => {
    await expectNothingChanges(
      () => billing.as(me).patch(`/api/bills/${mine}`, body),
      400,
      'validation_failed',
    );
  });
});

describe('a bill that is not there, or not mine', () => {
  const unknown: [string, () => string][] = [
    ['an unknown id', () => newId()],
    ['another customer’s bill', () => theirs],
    ['no id at all', () => 'latest'],
    ['an id in upper case', () => mine.toUpperCase()],
    ['SQL', () => encodeURIComponent(`${mine}' OR '1'='1`)],
    ['a NUL', () => '%00'],
  ];
  test.each(unknown)('%s is not found by any route', async (_, id) => {
    const api = billing.as(me);
    await expectNothingChanges(() => api.get(`/api/bills/${id()}`), 404, 'not_found');
    await expectNothingChanges(() => api.patch(`/api/bills/${id()}`, { amount: 5 }), 404, 'not_found');
    await expectNothingChanges(() => api.post(`/api/bills/${id()}/cancel`), 404, 'not_found');
    const claim = { billId: id(), paymentId: newId(), payerId: me };
    const claiming = () => claimBill(billing.asService('payment'), claim);
    await expectNothingChanges(claiming, 404, 'not_found');
  });
});

test.each([
  ['status', 'late'],
  ['status', ''],
  ['limit', '0'],
  ['limit', '101'],
  ['limit', 'all'],
  ['limit', '1.5'],
  ['cursor', 'here'],
  ['cursor', Buffer.from("' OR 1=1 --").toString('base64url')],
  ['customerId', 'me'],
  ['sort', 'amount'],
])('GET /api/bills?%s=%s is refused', async (name, value) => {
  const get = () => billing.as(me).get(`/api/bills?${name}=${encodeURIComponent(value)}`);
  await expectNothingChanges(get, 400, 'validation_failed');
});

describe('POST /internal/claims', () => {
  const valid = () => ({ billId: mine, paymentId: newId(), payerId: me });
  test.each([
    ...rows('amount', AMOUNTS),
    ...rows('paymentId', [...IDS, ['missing', undefined]]),
    ...rows('payerId', [...IDS, ['missing', undefined]]),
    ...rows('force', [['true', true]]),
  ])('%s: %s is refused and changes nothing', async (member, _, value) => {
    const claiming = () => claimBill(billing.asService('payment'), { ...valid(), [member]: value });
    await expectNothingChanges(claiming, 400, 'validation_failed');
  });

  test('no person claims a bill, not even an operator', async () => {
    const claiming = (api: ApiClient) => () => claimBill(api, valid());
    await expectNothingChanges(claiming(billing.as(me)), 403, 'forbidden');
    await expectNothingChanges(claiming(billing.as(me, 'operator')), 403, 'forbidden');
    const nobody = billing.as(me).with({ 'x-wattline-caller': 'e30.x' });
    await expectNothingChanges(claiming(nobody), 401, 'unauthorized');
  });
});
