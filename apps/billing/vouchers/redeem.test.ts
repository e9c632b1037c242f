import { TokensIssued, VendInDoubt, VoucherGivenBack, VoucherRedeemed } from '#contracts';
import { FakeClock, newId } from '#kernel';
import { type Answer, until } from '#testing';
import { METER, REFUSAL, ScriptedIssuer, VoucherWorld } from './testing/voucher-world.js';

const clock = new FakeClock(Date.UTC(2026, 10, 21, 12));
let world: VoucherWorld;

beforeAll(async () => {
  world = await VoucherWorld.start(clock);
});
afterAll(() => world.billing.stop());

const outcome = ({ status, body }: Answer) => `${status} ${body.code ?? body.state}`;
const tokensOf = async (who: string) =>
  (await world.billing.as(who).get('/api/tokens')).body.items as { token: string; kwh: string }[];
const soldTo = async (meter: string) => {
  const [row] = await world.billing.database.rows<{ wh: string }>(
    'SELECT coalesce(sum(watt_hours), 0)::text AS wh FROM billing.meter_months WHERE meter_number = $1',
    [meter],
  );
  return row!.wh;
};
const vendsOf = (who: string) =>
  world.billing.database.rows('SELECT id FROM billing.vends WHERE owner_id = $1', [who]);

describe('a voucher', () => {
  test('of money buys what a purchase would: the same lines, one vend, and a token for this meter', async () => {
    const [who, batch] = [newId(), await world.given()];
    const quoted = await world.billing.as(who).post('/api/quotes', { meterNumber: METER, amount: '1000.00' });
    const accepted = await world.redeem(batch.codes[0].code, METER, who);
    expect(accepted.status).toBe(202);
    const done = await world.until(who, accepted, 'redeemed');
    expect(done).toMatchObject({ meterNumber: METER, amount: { amount: '1000.00' }, inDoubt: false });
    expect(done.breakdown).toEqual(quoted.body.breakdown);
    expect(done.units).toEqual(quoted.body.units);
    expect(done.tokens).toMatchObject([{ kind: 'credit', token: expect.stringMatching(/^\d{20}$/) }]);
    expect((await tokensOf(who)).map(({ token }) => token)).toEqual([done.tokens[0].token]);
    const { data } = await world.billing.untilPublished(VoucherRedeemed, undefined);
    expect(data).toMatchObject({ batchId: batch.id, redeemerId: who, vendId: done.id, meterNumber: METER });
    expect(await world.countsOf(batch.id)).toMatchObject({ unused: 0, redeemed: 1 });
  });

  test('of energy is just that: no money, and nothing of the meter’s month', async () => {
    const [who, code, before] = [
      newId(),
      await world.aCode({ amount: undefined, kwh: '5' }),
      await soldTo(METER),
    ];
    const done = await world.until(who, await world.redeem(code, METER, who), 'redeemed');
    expect(done).toMatchObject({ amount: { amount: '0.00' }, units: { kwh: '5' }, breakdown: [] });
    expect(done.tokens).toMatchObject([{ kwh: '5' }]);
    expect(await soldTo(METER)).toBe(before);
  });

  test('is redeemed once, though fifty people try at the same moment', async () => {
    const code = await world.aCode();
    const people = Array.from({ length: 50 }, () => newId());
    const answers = await Promise.all(people.map((who) => world.redeem(code, METER, who)));
    const winners = people.filter((_, i) => answers[i]!.status === 202);
    expect(winners).toHaveLength(1);
    expect(answers.filter(({ status }) => status !== 202).map(outcome)).toEqual(
      Array(49).fill('409 voucher_used'),
    );
    const [accepted] = answers.filter(({ status }) => status === 202);
    await world.until(winners[0]!, accepted!, 'redeemed');
    const vends = await Promise.all(people.map(vendsOf));
    expect(vends.flat()).toHaveLength(1);
    expect(await tokensOf(winners[0]!)).toHaveLength(1);
  });

  test('fifty of a batch at the same moment are redeemed, each once, also when each is tried twice', async () => {
    const batch = await world.given({ count: 50, amount: '100.00' });
    const codes = (batch.codes as { code: string }[]).map(({ code }) => code);
    const answers = await Promise.all([...codes, ...codes].map((code) => world.redeem(code)));
    expect(answers.filter(({ status }) => status === 202)).toHaveLength(50);
    expect(new Set(answers.map(outcome))).toEqual(new Set(['202 redeeming', '409 voucher_used']));
  }, 30_000);

  test('that one has redeemed oneself says where', async () => {
    const [who, code] = [newId(), await world.aCode()];
    const accepted = await world.redeem(code, METER, who);
    const again = await world.redeem(code, METER, who);
    expect(outcome(again)).toBe('409 voucher_used');
    expect(again.body.links).toEqual({ redemption: accepted.body.links.self });
    expect((await world.redeem(code)).body.links).toBeUndefined();
    expect((await world.billing.as(newId()).get(accepted.body.links.self)).status).toBe(404);
  });
});

describe('a vend of a voucher', () => {
  test('that is refused gives the voucher back, and what it took of the month; then it is redeemed after all', async () => {
    const [who, code] = [newId(), await world.aCode()];
    const issuer = new ScriptedIssuer(REFUSAL);
    const meter = await world.meterOf(issuer);
    const refused = await world.until(who, await world.redeem(code, meter, who), 'refused');
    expect(refused).toMatchObject({ reason: 'The meter is blocked.', tokens: [] });
    expect(issuer.calls).toHaveLength(1);
    expect(await soldTo(meter)).toBe('0');
    await world.until(who, await world.redeem(code, METER, who), 'redeemed');
    expect(outcome(await world.redeem(code, METER, who))).toBe('409 voucher_used');
  });

  test('that cannot even be asked for gives it back at once', async () => {
    const [who, code, meter] = [
      newId(),
      await world.aCode(),
      await world.meterOf(new ScriptedIssuer(REFUSAL)),
    ];
    await world.billing.database.rows('DELETE FROM billing.meter_keys WHERE meter_number = $1', [meter]);
    const answer = await world.redeem(code, meter, who);
    expect(answer).toMatchObject({ status: 202, body: { state: 'refused' } });
    expect((await world.redeem(code)).status).toBe(202);
  });

  test('that is in doubt keeps it, shows it to operators, and ends with what the issuer says later', async () => {
    const [who, code] = [newId(), await world.aCode()];
    const issuer = new ScriptedIssuer({ kind: 'unknown', reason: 'no answer' });
    const meter = await world.meterOf(issuer);
    const accepted = await world.redeem(code, meter, who);
    await world.billing.untilPublished(VendInDoubt, accepted.body.id);
    expect(outcome(await world.redeem(code))).toBe('409 voucher_used');
    expect((await world.billing.as(who).get(accepted.body.links.self)).body).toMatchObject({
      state: 'redeeming',
      inDoubt: true,
    });
    const { items } = (await world.operator.get('/api/ops/redemptions')).body;
    expect(items).toMatchObject([
      { id: accepted.body.id, meterNumber: meter, amount: { amount: '1000.00' }, overdue: false },
    ]);
    const [{ unknownSince, deadline, owner }] = items;
    expect(owner).toBe('operators on duty');
    expect(Date.parse(deadline) - Date.parse(unknownSince)).toBe(24 * 3_600_000);
    issuer.later = { kind: 'issued', tokens: [{ kind: 'credit', token: '01234567890123456789' }] };
    await until('the issuer is to be asked', async () => {
      const sql = `SELECT state FROM billing.effects WHERE reference = $1`;
      return (await world.billing.database.rows(sql, [accepted.body.id]))[0]?.['state'] === 'unknown';
    });
    clock.advance(10_000);
    await world.billing.untilPublished(TokensIssued, accepted.body.id);
    const done = await world.until(who, accepted, 'redeemed');
    expect(done.tokens).toMatchObject([{ token: '01234567890123456789' }]);
    expect(issuer.calls).toHaveLength(1);
  });

  test('that a person settles as not delivered gives it back', async () => {
    const [who, code] = [newId(), await world.aCode()];
    const meter = await world.meterOf(new ScriptedIssuer({ kind: 'unknown', reason: 'no answer' }));
    const accepted = await world.redeem(code, meter, who);
    await world.billing.untilPublished(VendInDoubt, accepted.body.id);
    const decisionId = newId();
    const gateway = world.billing.asService('gateway');
    const path = `/internal/vends/${accepted.body.id}`;
    const proposal = { decisionId, outcome: 'not_delivered', reason: 'the maker says so' };
    expect((await gateway.post(`${path}/proposals`, proposal)).status).toBe(200);
    expect((await gateway.post(`${path}/resolve`, { decisionId })).status).toBe(204);
    await world.until(who, accepted, 'refused');
    const [voucher] = await world.billing.database.rows<{ voucher_id: string }>(
      'SELECT voucher_id FROM billing.voucher_redemptions WHERE id = $1',
      [accepted.body.id],
    );
    const { data } = await world.billing.untilPublished(VoucherGivenBack, voucher!.voucher_id);
    expect(data).toMatchObject({ redemptionId: accepted.body.id, redeemerId: who, code: 'not_delivered' });
    expect((await world.redeem(code, METER, who)).status).toBe(202);
    const mine = (await world.billing.as(who).get('/api/vouchers/redemptions?limit=1')).body;
    expect(mine.items).toHaveLength(1);
    const rest = (
      await world.billing.as(who).get(`/api/vouchers/redemptions?limit=1&cursor=${mine.nextCursor}`)
    ).body;
    expect(rest).toMatchObject({ items: [{ id: accepted.body.id, state: 'refused' }], nextCursor: null });
    expect((await world.billing.as(newId()).get('/api/vouchers/redemptions')).body.items).toEqual([]);
  });
});

describe('refused, and nothing has changed:', () => {
  const oneOff = (code: string) => code.slice(0, -1) + ((Number(code.at(-1)) + 1) % 10);

  test.each<[string, (code: string) => [string, string] | Promise<[string, string]>, string]>([
    ['a mistyped code', (code) => [oneOff(code), METER], '400 validation_failed'],
    ['no code', () => ['what?', METER], '400 validation_failed'],
    ['a mistyped meter', (code) => [code, '04987654327'], '400 meter_number_invalid'],
    ['an unknown meter', (code) => [code, '99999'], '404 meter_unknown'],
  ])('%s', async (_what, attempt, expected) => {
    const batch = await world.given();
    const [code, meter] = await attempt(batch.codes[0].code as string);
    expect(outcome(await world.redeem(code, meter))).toBe(expected);
    expect(await world.countsOf(batch.id)).toMatchObject({ unused: 1 });
  });

  test('a suspended meter, one of another utility, and too much or too little for it', async () => {
    const meter = await world.meterOf(new ScriptedIssuer(REFUSAL));
    const [code, other, little] = [
      await world.aCode(),
      await world.aCode({ utility: 'Demo Rwanda' }),
      await world.aCode({ amount: '0.50' }),
    ];
    await world.billing.database.rows(`UPDATE billing.meters SET status = 'suspended' WHERE number = $1`, [
      meter,
    ]);
    expect(outcome(await world.redeem(code, meter))).toBe('409 meter_suspended');
    expect(outcome(await world.redeem(other))).toBe('409 voucher_other_utility');
    expect(outcome(await world.redeem(little))).toBe('422 amount_too_low');
    expect((await world.redeem(code)).status).toBe(202);
  });

  test('a voucher that is void, or whose last day is over', async () => {
    const batch = await world.given({ count: 2, expiresOn: '2026-12-01' });
    const [first, second] = batch.codes as { code: string }[];
    await world.operator.post(`/api/vouchers/${batch.id}/void`, { reason: 'lost', serials: [1] });
    expect(outcome(await world.redeem(first!.code))).toBe('409 voucher_void');
    clock.advance(10 * 24 * 3_600_000); // noon of the last day
    expect((await world.redeem(second!.code, '99999')).body.code).toBe('meter_unknown');
    clock.advance(11 * 3_600_000 + 1_000); // past its midnight in Lagos
    expect(outcome(await world.redeem(second!.code))).toBe('409 voucher_expired');
  });
});
