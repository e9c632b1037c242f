import { until } from '#testing';
import { checkDrn } from '#tokens';
import type { Person } from './person.js';
import type { SystemUnderTest } from './system.js';

/** verify → pay → an SMS with the token → keyed into the meter, whose credit rises by exactly what the receipt says. */
export async function buyElectricity(world: SystemUnderTest, person: Person): Promise<void> {
  await person.addFunds('2000.00');
  const meterNumber = await meterOf(world);
  const before = await person.balance();
  const verified = await person.api.post('/api/electricity/verify', { meterNumber, amount: '1500.00' });
  expect([verified.status, verified.body.code]).toEqual([201, undefined]);
  const accepted = await person.post(`/api/vend/${verified.body.id}/pay`, { method: 'wallet' });
  expect(accepted).toMatchObject({ status: 202, body: { purpose: 'electricity' } });
  const payment = await person.finished(accepted);
  expect(payment).toMatchObject({ status: 'PAID', inDoubt: false, meterNumber });
  const [credit] = payment.tokens;
  const receipt = (await person.api.get(`/api/payments/${payment.id}/receipt`)).body;
  expect(receipt).toMatchObject({ tokens: [credit], units: { kwh: credit.kwh } });
  expect(receipt.breakdown).toEqual(verified.body.breakdown);

  const sms = await person.sms(payment.receiptNumber);
  const digits = sms.slice(0, 24);
  expect(digits).toMatch(/^(\d{4} ){4}\d{4}$/);
  expect(sms).toContain(`${credit.kwh} kWh`);
  expect(digits.replaceAll(' ', '')).toBe(credit.token);
  await keyIn(world, meterNumber, digits, receipt.units.kwh);

  const money = (Number(before) - 1500).toFixed(2);
  await until('the money is taken', async () => (await person.balance()) === money);
  const steps = (await person.api.get(`/api/payments/${payment.id}/timeline`)).body;
  expect(steps.map((it: { step: string }) => it.step)).toEqual([
    'accepted',
    'funds_held',
    'token_requested',
    'paid',
  ]);
  const own = (await person.api.get(`/api/tokens?meterNumber=${meterNumber}`)).body.items;
  expect(own).toMatchObject([{ token: credit.token, vendId: payment.id }]);

  expect((await person.api.post(`/api/tokens/${credit.id}/resend`)).status).toBe(202);
  await until('the token came once more', async () => {
    const all = await person.messages();
    return all.filter((it) => it.startsWith(digits)).length === 2;
  });
  const soon = await person.api.post(`/api/tokens/${credit.id}/resend`);
  expect([soon.status, soon.body.code]).toEqual([429, 'rate_limited']);
  expect(await tablesWith(world, credit.token, digits)).toEqual([]);
}

/** As the customer does it, from the SMS; and once more, which the meter refuses. */
async function keyIn(
  { phones }: SystemUnderTest,
  meterNumber: string,
  digits: string,
  kwh: string,
): Promise<void> {
  const enter = async (token: string) => (await phones.post(`/meters/${meterNumber}/keys`, { token })).body;
  const before = (await phones.get(`/meters/${meterNumber}`)).body;
  expect(before).toMatchObject({ creditKwh: '0', relay: 'open' });
  expect(await enter(digits)).toMatchObject({ answer: 'accepted', kwh, creditKwh: kwh });
  expect(await enter(digits)).toMatchObject({ answer: 'used', kwh: null });
  expect((await phones.get(`/meters/${meterNumber}`)).body).toMatchObject({ relay: 'closed', usedTokens: 1 });
}

/** A meter of the registry with a number that a meter can have, and with the demo's keys. */
async function meterOf({ database }: SystemUnderTest): Promise<string> {
  const rows = await database.rows<{ number: string }>(
    'SELECT meter_number AS number FROM billing.meter_keys ORDER BY meter_number DESC',
  );
  const found = rows.find(({ number }) => checkDrn(number).ok);
  if (!found) throw new Error('the demo has no meter to vend for');
  return found.number;
}

/** Every table of every service in which one of the texts stands: tokens are nowhere in the open. */
async function tablesWith({ database }: SystemUnderTest, ...texts: string[]): Promise<string[]> {
  const tables = await database.rows<{ name: string }>(
    `SELECT format('%I.%I', table_schema, table_name) AS name FROM information_schema.tables
     WHERE table_schema IN ('audit', 'billing', 'gateway', 'notification', 'payment', 'wallet') AND table_type = 'BASE TABLE'`,
  );
  const found: string[] = [];
  for (const { name } of tables) {
    const sql = `SELECT 1 FROM ${name} AS t WHERE EXISTS (SELECT FROM unnest($1::text[]) AS x WHERE strpos(t::text, x) > 0) LIMIT 1`;
    if ((await database.rows(sql, [texts])).length > 0) found.push(name);
  }
  return found;
}
