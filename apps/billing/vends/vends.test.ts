import { TokensIssued, VendFailed, VendInDoubt } from '#contracts';
import { FakeClock, newId } from '#kernel';
import { type Json, startTestService, type TestService, until } from '#testing';
import { buildDecoderKey, type DecoderKey, decodeToken } from '#tokens';
import type { BillingSettings } from '../billing-settings.js';
import { billingService } from '../index.js';
import { METER, Vending } from '../testing/vending.js';
import { TokenIssuers } from '../issuers/token-issuers.js';
import { TEST_KEY } from './seed-demo-keys.js';
import type { IssueOutcome, IssueRequest, TokenIssuer } from './token-issuer.port.js';

const VENDING_KEY = 'abababababababab949494949494949401234567';

/** What the meter itself has: with it the test reads tokens as the meter does. */
function decoderOf(meterNumber: string, key = TEST_KEY, vendingKeyHex = VENDING_KEY): DecoderKey {
  const decoder = buildDecoderKey({ drn: meterNumber, ...key, vendingKeyHex } as never);
  if (!decoder.ok) throw new Error(decoder.reason);
  return decoder.value;
}

const clock = new FakeClock();
let billing: TestService<BillingSettings>;
let vending: Vending;

beforeAll(async () => {
  billing = await startTestService(billingService, {
    clock,
    environment: { SEED_DEMO: 'true', EFFECT_LEASE_MS: '60000' },
  });
  vending = new Vending(billing);
});
afterAll(() => billing.stop());

/** It says what it is told, and keeps a log. */
class ScriptedIssuer implements TokenIssuer {
  readonly calls: string[] = [];
  readonly asked: string[] = [];
  answer: IssueOutcome | Error = { kind: 'unknown', reason: 'no answer' };
  later: IssueOutcome = { kind: 'unknown', reason: 'still no answer' };

  private gate: Promise<void> = Promise.resolve();

  async issue({ requestId }: IssueRequest): Promise<IssueOutcome> {
    this.calls.push(requestId);
    await this.gate;
    if (this.answer instanceof Error) throw this.answer;
    return this.answer;
  }

  async fetchResult({ requestId }: IssueRequest): Promise<IssueOutcome> {
    this.asked.push(requestId);
    await this.gate;
    return this.later;
  }

  /** It answers nothing until it is opened by what is returned. */
  close(): () => void {
    let open = () => {};
    this.gate = new Promise((resolve) => (open = resolve));
    return open;
  }
}

let meters = 0;
/** A meter of an issuer of its own kind. */
async function meterAt(name: 'prism' | 'stron', issuer: TokenIssuer): Promise<string> {
  billing.running.app.get(TokenIssuers).use(name, issuer);
  const number = `0700000${String(++meters).padStart(4, '0')}`;
  await billing.database.rows(
    `INSERT INTO billing.meters SELECT (jsonb_populate_record(m, jsonb_build_object('number', $2::text))).*
     FROM billing.meters m WHERE number = $1`,
    [METER, number],
  );
  await billing.database.rows(
    `INSERT INTO billing.meter_keys SELECT (jsonb_populate_record(k, jsonb_build_object('meter_number', $2::text, 'issuer', $3::text))).*
     FROM billing.meter_keys k WHERE meter_number = $1`,
    [METER, number, name],
  );
  return number;
}
const vendOf = async (id: string) =>
  (await billing.database.rows('SELECT * FROM billing.vends WHERE id = $1', [id]))[0]!;
const effectOf = async (id: string) =>
  (await billing.database.rows('SELECT state FROM billing.effects WHERE reference = $1', [id]))[0]!['state'];
const times = (type: string, subject: string) =>
  billing.published.filter((it) => it.type.includes(type) && it.subject === subject).length;

describe('a vend by the software issuer', () => {
  test('makes one token, that carries what the quote promised, for this meter alone', async () => {
    const purchase = await vending.buy();
    const { data } = await billing.untilPublished(TokensIssued, purchase.paymentId);
    expect(data).toMatchObject({ meterNumber: METER, tokenCount: 1 });
    const { tokens, units, breakdown } = await vending.details(purchase);
    expect(tokens).toHaveLength(1);
    const content = decodeToken(tokens[0].token, decoderOf(METER));
    const tenths = BigInt(Math.ceil(Number(purchase.bill.units.kwh) * 10));
    expect(content).toMatchObject({ ok: true, value: { kind: 'credit', resource: 'electricity', tenths } });
    expect(units.kwh).toBe(tokens[0].kwh);
    expect(breakdown).toEqual(purchase.bill.breakdown);
    expect(decodeToken(tokens[0].token, decoderOf('04123456792')).ok).toBe(false);
  });

  test('a large purchase: quote, lines, receipt and meter say the same, though tokens go in larger steps', async () => {
    const purchase = await vending.buy(METER, '400000.00');
    await billing.untilPublished(TokensIssued, purchase.paymentId);
    const { tokens, units, breakdown } = await vending.details(purchase);
    const content = decodeToken(tokens[0].token, decoderOf(METER));
    if (!content.ok || content.value.kind !== 'credit') throw new Error('no credit');
    const carried = `${content.value.tenths / 10n}.${content.value.tenths % 10n}`;
    expect(Number(carried)).toBeGreaterThan(1638.3);
    const energy = (breakdown as Json[]).filter(({ kind }) => kind === 'energy').map(({ kwh }) => kwh);
    expect([purchase.bill.units.kwh, units.kwh, tokens[0].kwh, ...energy]).toEqual(Array(4).fill(carried));
  });

  test('asked for twice, under another event, is still one vend with one token', async () => {
    const purchase = await vending.buy();
    await billing.untilPublished(TokensIssued, purchase.paymentId);
    const before = await vending.details(purchase);
    await vending.request(purchase);
    const next = await vending.buy();
    await billing.untilPublished(TokensIssued, next.paymentId);
    expect(await vending.details(purchase)).toEqual(before);
    expect(times('tokens_issued', purchase.paymentId)).toBe(1);
  });

  test('200 purchases at once on one meter have 200 rising identifiers, and none in a reserved minute', async () => {
    const purchases = await Promise.all(Array.from({ length: 200 }, () => vending.claimed(METER, '500.00')));
    await Promise.all(purchases.map((purchase) => vending.request(purchase)));
    await Promise.all(purchases.map(({ paymentId }) => billing.untilPublished(TokensIssued, paymentId)));
    const rows = await billing.database.rows<{ tid: number }>(
      'SELECT tid FROM billing.vends WHERE id = ANY($1) ORDER BY tid',
      [purchases.map(({ paymentId }) => paymentId)],
    );
    expect(new Set(rows.map(({ tid }) => tid)).size).toBe(200);
    expect(rows.filter(({ tid }) => tid % 1440 === 1)).toEqual([]);
    const details = await Promise.all(purchases.map((purchase) => vending.details(purchase)));
    const decoded = details.map(({ tokens }) => decodeToken(tokens[0].token, decoderOf(METER)));
    expect(new Set(decoded.map((it) => it.ok && 'tid' in it.value && it.value.tid)).size).toBe(200);
  }, 60_000);

  test('no digits of a token are in the database, in any table', async () => {
    const purchase = await vending.buy();
    await billing.untilPublished(TokensIssued, purchase.paymentId);
    const { tokens } = await vending.details(purchase);
    expect(await tablesWith(tokens[0].token)).toEqual([]);
    expect(JSON.stringify(billing.published)).not.toContain(tokens[0].token);
  });

  test('a process that died in the call is no second token: the same one is computed again', async () => {
    const purchase = await vending.buy();
    await billing.untilPublished(TokensIssued, purchase.paymentId);
    const { tokens } = await vending.details(purchase);
    // As if it had died before it could write anything down.
    await billing.database.rows('DELETE FROM billing.vend_tokens WHERE vend_id = $1', [purchase.paymentId]);
    await billing.database.rows(
      `UPDATE billing.vends SET state = 'requested', ended_at = NULL WHERE id = $1`,
      [purchase.paymentId],
    );
    await billing.database.rows(
      `UPDATE billing.effects SET state = 'started', next_at = $2 WHERE reference = $1`,
      [purchase.paymentId, clock.now()],
    );
    const again = await until('it is issued again', async () => {
      const details = await vending.details(purchase);
      return details.state === 'issued' && details.tokens;
    });
    expect(again[0].token).toBe(tokens[0].token);
  });

  test('a meter of which nobody has the keys is refused, and told so', async () => {
    await billing.database.rows('DELETE FROM billing.meter_keys WHERE meter_number = $1', ['04123456784']);
    const purchase = await vending.buy('04123456784');
    const { data } = await billing.untilPublished(VendFailed, purchase.paymentId);
    expect(data).toMatchObject({ code: 'meter_not_vendable', paymentId: purchase.paymentId });
  });
});

describe('a key change', () => {
  const to = { sgc: '201457', krn: 2, kt: 2, ti: '01', ea: '11', ken: 255, baseDate: 2014 };
  const newKey = '00112233445566778899aabbccddeeff01020304';

  test('comes first, in four tokens under the old key; the credit is under the new one', async () => {
    await vending.addVendingKey('201457/2/2014', newKey);
    await billing.database.rows('UPDATE billing.meter_keys SET change_to = $2 WHERE meter_number = $1', [
      METER,
      to,
    ]);
    const purchase = await vending.buy();
    await billing.untilPublished(TokensIssued, purchase.paymentId);
    const { tokens } = await vending.details(purchase);
    expect(tokens.map(({ kind }: { kind: string }) => kind)).toEqual([
      ...Array<string>(4).fill('key_change'),
      'credit',
    ]);
    const sections = tokens
      .slice(0, 4)
      .map(({ token }: { token: string }) => decodeToken(token, decoderOf(METER)));
    expect(sections.map((it: { value: { section: number } }) => it.value.section)).toEqual([1, 2, 3, 4]);
    expect(decodeToken(tokens[4].token, decoderOf(METER, to, newKey))).toMatchObject({ ok: true });
    const next = await vending.buy();
    await billing.untilPublished(TokensIssued, next.paymentId);
    const after = await vending.details(next);
    expect(after.tokens).toHaveLength(1);
    expect(decodeToken(after.tokens[0].token, decoderOf(METER, to, newKey))).toMatchObject({ ok: true });
  });
});

describe('an issuer outside', () => {
  test('that refuses fails the vend with its reason', async () => {
    const issuer = new ScriptedIssuer();
    issuer.answer = { kind: 'refused', code: 'meter_not_vendable', reason: 'The meter is blocked.' };
    const purchase = await vending.buy(await meterAt('stron', issuer));
    const { data } = await billing.untilPublished(VendFailed, purchase.paymentId);
    expect(data).toMatchObject({ code: 'meter_not_vendable', reason: 'The meter is blocked.' });
  });

  test('may push the credit to the meter, and give no tokens', async () => {
    const issuer = new ScriptedIssuer();
    issuer.answer = { kind: 'issued', tokens: [], reference: 'T-1' };
    const purchase = await vending.buy(await meterAt('stron', issuer));
    const { data } = await billing.untilPublished(TokensIssued, purchase.paymentId);
    expect(data).toMatchObject({ tokenCount: 0, units: purchase.bill.units });
  });

  test('that gives no clear answer is called once, and asked until it says what became of it', async () => {
    const issuer = new ScriptedIssuer();
    issuer.answer = new Error('token 12345678901234567890 was cut off');
    const purchase = await vending.buy(await meterAt('prism', issuer));
    await billing.untilPublished(VendInDoubt, purchase.paymentId);
    expect(await vending.details(purchase)).toMatchObject({ state: 'requested', inDoubt: true });
    issuer.later = { kind: 'issued', tokens: [{ kind: 'credit', token: '01234567890123456789' }] };
    clock.advance(10_000);
    await billing.untilPublished(TokensIssued, purchase.paymentId);
    expect(issuer.calls).toEqual([purchase.paymentId]);
    expect(times('vend_in_doubt', purchase.paymentId)).toBe(1);
    expect(await tablesWith('12345678901234567890')).toEqual([]);
    expect((await vending.details(purchase)).tokens[0].token).toBe('01234567890123456789');
  });
});

describe('a person settles what stays unknown', () => {
  const gateway = () => billing.asService('gateway');
  const propose = async (id: string, outcome: string, tokens?: string[]) => {
    const order = { decisionId: newId(), outcome, tokens, reason: 'the manufacturer said so' };
    const answer = await gateway().post(`/internal/vends/${id}/proposals`, order);
    return { decisionId: order.decisionId, answer };
  };
  const resolve = (id: string, decisionId: string) =>
    gateway().post(`/internal/vends/${id}/resolve`, { decisionId });
  const settle = async (id: string, outcome: string, tokens?: string[]) => {
    const { decisionId, answer } = await propose(id, outcome, tokens);
    expect(answer.status).toBe(200);
    return { decisionId, answer: await resolve(id, decisionId) };
  };
  async function inDoubt(issuer: ScriptedIssuer) {
    const purchase = await vending.buy(await meterAt('prism', issuer));
    await until('its outcome is unknown', async () => (await effectOf(purchase.paymentId)) === 'unknown');
    return purchase;
  }

  test('as delivered, with the tokens: the customer has them, once, and no other decision counts', async () => {
    const purchase = await inDoubt(new ScriptedIssuer());
    const { decisionId, answer } = await settle(purchase.paymentId, 'delivered', ['11112222333344445555']);
    expect(answer.status).toBe(204);
    await billing.untilPublished(TokensIssued, purchase.paymentId);
    expect((await vending.details(purchase)).tokens).toMatchObject([{ token: '11112222333344445555' }]);
    expect((await resolve(purchase.paymentId, decisionId)).status).toBe(204);
    const late = await propose(purchase.paymentId, 'not_delivered');
    expect(late.answer.body.code).toBe('payment_not_in_doubt');
    expect(await tablesWith('11112222333344445555')).toEqual([]);
    expect(times('tokens_issued', purchase.paymentId)).toBe(1);
  });

  test('as not delivered; what the issuer says later is a conflict, and no delivery', async () => {
    const issuer = new ScriptedIssuer();
    const purchase = await inDoubt(issuer);
    await settle(purchase.paymentId, 'not_delivered');
    const { data } = await billing.untilPublished(VendFailed, purchase.paymentId);
    expect(data.code).toBe('not_delivered');
    issuer.later = { kind: 'issued', tokens: [{ kind: 'credit', token: '99998888777766665555' }] };
    clock.advance(10_000);
    const { conflict, state } = await until('the conflict is noted', async () => {
      const row = await vendOf(purchase.paymentId);
      return row['conflict'] ? row : undefined;
    });
    expect([state, conflict]).toEqual(['failed', expect.stringContaining('the issuer says issued')]);
    expect((await vending.details(purchase)).tokens).toEqual([]);
    expect(times('tokens_issued', purchase.paymentId)).toBe(0);
  });

  test('not while it is to be made again, nor while it is: what they have found out is true no more', async () => {
    const issuer = new ScriptedIssuer();
    const { paymentId } = await inDoubt(issuer);
    const { decisionId } = await propose(paymentId, 'not_delivered');
    issuer.later = { kind: 'not_done', reason: 'never heard of it' };
    clock.advance(10_000);
    await until('it is to be made again', async () => (await effectOf(paymentId)) === 'scheduled');
    expect((await resolve(paymentId, decisionId)).body.code).toBe('payment_not_in_doubt');
    const open = issuer.close();
    issuer.answer = { kind: 'issued', tokens: [{ kind: 'credit', token: '33334444555566667777' }] };
    clock.advance(10_000);
    await until('it is being made again', () => issuer.calls.length === 2);
    expect((await resolve(paymentId, decisionId)).body.code).toBe('payment_not_in_doubt');
    expect((await propose(paymentId, 'not_delivered')).answer.body.code).toBe('payment_not_in_doubt');
    open();
    await billing.untilPublished(TokensIssued, paymentId);
    expect(await vendOf(paymentId)).toMatchObject({ state: 'issued', conflict: null });
  });

  test('while the issuer is asked: it is not called any more, though it proves that nothing was made', async () => {
    const issuer = new ScriptedIssuer();
    const { paymentId } = await inDoubt(issuer);
    const open = issuer.close();
    issuer.later = { kind: 'not_done', reason: 'never heard of it' };
    clock.advance(10_000);
    await until('it is asked', () => issuer.asked.length === 1);
    expect((await settle(paymentId, 'not_delivered')).answer.status).toBe(204);
    open();
    await until('it was to be made again', async () => (await effectOf(paymentId)) === 'scheduled');
    clock.advance(10_000);
    await until('nothing is left to do', async () => (await effectOf(paymentId)) === 'done');
    expect(issuer.calls).toEqual([paymentId]);
    expect(await vendOf(paymentId)).toMatchObject({ state: 'failed', conflict: null });
  });

  test('but may have the issuer asked at once, before its turn comes', async () => {
    const issuer = new ScriptedIssuer();
    const purchase = await inDoubt(issuer);
    issuer.later = { kind: 'issued', tokens: [{ kind: 'credit', token: '44445555666677778888' }] };
    await until('the outcome is unknown', async () => {
      await gateway().post(`/internal/vends/${purchase.paymentId}/requery`);
      return times('tokens_issued', purchase.paymentId) === 1;
    });
    expect(issuer.calls).toEqual([purchase.paymentId]);
  });

  test('not when it is under way, or over', async () => {
    const purchase = await vending.buy();
    await billing.untilPublished(TokensIssued, purchase.paymentId);
    const { paymentId: id } = purchase;
    expect((await propose(id, 'delivered')).answer.body.code).toBe('payment_not_in_doubt');
    expect((await gateway().post(`/internal/vends/${id}/requery`)).body.code).toBe('payment_not_in_doubt');
    expect((await gateway().post(`/internal/vends/${newId()}/requery`)).status).toBe(404);
  });
});

/** Every table of the service in which the text stands. */
async function tablesWith(text: string): Promise<string[]> {
  const tables = await billing.database.rows<{ name: string }>(
    `SELECT format('%I.%I', table_schema, table_name) AS name FROM information_schema.tables
     WHERE table_schema = 'billing' AND table_type = 'BASE TABLE'`,
  );
  const found: string[] = [];
  for (const { name } of tables) {
    const [row] = await billing.database.rows(
      `SELECT 1 FROM ${name} AS t WHERE t::text LIKE '%' || $1 || '%' LIMIT 1`,
      [text],
    );
    if (row) found.push(name);
  }
  return found;
}
