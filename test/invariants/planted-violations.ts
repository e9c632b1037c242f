import { vends } from './planted-vends.js';
import { vouchers } from './planted-vouchers.js';

/** One thing that must never be, written straight into the tables of a world in which everything was right. */
export interface Planted {
  /** What a bug would have done. */
  what: string;
  breaks: string;
  /**
   * `always` is wrong at any moment; `settled` may still come right while something is under way; `running` is
   * looked at in a running system only, since settled it would break a second invariant too.
   */
  when: 'always' | 'settled' | 'running';
  sql: string;
}

const PAID_BILL = `(SELECT id FROM payment.payments WHERE purpose = 'bill' AND status = 'PAID' ORDER BY id LIMIT 1)`;
const PAID_TOP_UP = `(SELECT id FROM payment.payments WHERE purpose = 'top_up' AND status = 'PAID' ORDER BY id LIMIT 1)`;
const TRANSFER = `(SELECT id FROM payment.payments WHERE purpose = 'transfer' ORDER BY id LIMIT 1)`;
const FAILED = `(SELECT id FROM payment.payments WHERE status = 'FAILED' ORDER BY id LIMIT 1)`;
const RICHEST = `(SELECT id FROM wallet.accounts WHERE kind = 'wallet' ORDER BY balance DESC LIMIT 1)`;
const AN_EVENT = (owner: string, name: string) =>
  `(SELECT id FROM ${owner}.outbox WHERE name = '${name}' ORDER BY id LIMIT 1)`;
const PAYER_OF = (payment: string) => `(SELECT payer_id FROM payment.payments WHERE id = ${payment})`;

const ledger: Omit<Planted, 'breaks'>[] = [
  {
    what: 'a balance that grew by itself',
    when: 'always',
    sql: `UPDATE wallet.accounts SET balance = balance + 1 WHERE id = 'billers:NGN'`,
  },
  {
    what: 'two balances that changed against each other without a transfer',
    when: 'always',
    sql: `UPDATE wallet.accounts SET balance = balance + CASE WHEN id = ${RICHEST} THEN -100 ELSE 100 END
          WHERE id IN (${RICHEST}, 'billers:NGN')`,
  },
  {
    what: 'a transfer to an account that does not exist',
    when: 'always',
    sql: `UPDATE wallet.transfers SET credit_account = 'billers:XXX' WHERE payment_id = ${PAID_BILL}`,
  },
  {
    what: 'a transfer in another currency than its accounts',
    when: 'always',
    sql: `UPDATE wallet.transfers SET currency = 'KES' WHERE payment_id = ${PAID_BILL}`,
  },
  {
    what: 'a statement without one of its lines',
    when: 'always',
    sql: `DELETE FROM wallet.entries WHERE payment_id = ${PAID_BILL}`,
  },
  {
    what: 'a line twice in a statement',
    when: 'always',
    sql: `INSERT INTO wallet.entries SELECT gen_random_uuid(), wallet_id, amount, balance_after, kind, payment_id, note, at
          FROM wallet.entries WHERE payment_id = ${PAID_BILL}`,
  },
  {
    what: 'a line with another balance after it than the sum so far',
    when: 'always',
    sql: `UPDATE wallet.entries SET balance_after = balance_after + 1 WHERE payment_id = ${PAID_BILL}`,
  },
];

const holds: Omit<Planted, 'breaks'>[] = [
  {
    what: 'more held than the holds say',
    when: 'always',
    sql: `UPDATE wallet.accounts SET held = held + 1 WHERE id = ${RICHEST}`,
  },
  {
    what: 'a wallet that holds more than it has',
    when: 'always',
    sql: `ALTER TABLE wallet.accounts DROP CONSTRAINT available_is_not_negative;
          UPDATE wallet.accounts SET held = balance + 1 WHERE id = ${RICHEST}`,
  },
  {
    what: 'a failed payment whose hold was never released',
    when: 'always',
    sql: `ALTER TABLE wallet.accounts DROP CONSTRAINT available_is_not_negative;
          UPDATE wallet.holds SET state = 'held', closed_at = NULL WHERE id = ${FAILED};
          UPDATE wallet.accounts SET held = (SELECT amount FROM wallet.holds WHERE id = ${FAILED})
          WHERE owner_id = ${PAYER_OF(FAILED)}`,
  },
  {
    what: 'a hold for a payment that does not exist',
    when: 'always',
    sql: `INSERT INTO wallet.holds SELECT gen_random_uuid(), id::uuid, 10, currency, 'held', false, now(), NULL
          FROM wallet.accounts WHERE id = ${RICHEST};
          UPDATE wallet.accounts SET held = held + 10 WHERE id = ${RICHEST}`,
  },
];

const requests: Omit<Planted, 'breaks'>[] = [
  {
    what: 'two payments under one reference',
    when: 'always',
    sql: `ALTER TABLE payment.payments DROP CONSTRAINT payments_reference_key;
          UPDATE payment.payments SET reference = (SELECT reference FROM payment.payments WHERE id = ${FAILED})
          WHERE id = ${PAID_BILL}`,
  },
  {
    what: 'two payments with one receipt',
    when: 'always',
    sql: `ALTER TABLE payment.payments DROP CONSTRAINT payments_receipt_number_key;
          UPDATE payment.payments SET receipt_number = 'R-000000000000' WHERE status = 'PAID'`,
  },
  {
    what: 'a second payment under way for a bill that is paid',
    when: 'running',
    sql: `DROP INDEX payment.one_payment_per_bill; ${pending('p.bill_id', PAID_BILL)}`,
  },
  {
    what: 'a payment that no request key stands for: a request that was accepted twice',
    when: 'always',
    sql: `DELETE FROM payment.request_keys WHERE payment_id = ${PAID_BILL}`,
  },
  {
    what: 'a payment that was stored after billing was told that it never would be',
    when: 'always',
    sql: `UPDATE payment.request_keys SET abandoned = true WHERE payment_id = ${PAID_BILL}`,
  },
];

/** A payment that was just accepted, with its key. */
function pending(bill: string, like: string): string {
  return `
    INSERT INTO payment.payments (id, reference, payer_id, bill_id, purpose, method, status, amount, currency, title, created_at)
      SELECT '01900000-0000-7000-8000-000000000001', 'P-000000000000', payer_id, ${bill}, purpose, method, 'PENDING',
             amount, currency, title, created_at FROM payment.payments p WHERE id = ${like};
    INSERT INTO payment.request_keys VALUES ('planted', 'hash', '01900000-0000-7000-8000-000000000001', false, now())`;
}

const payments: Omit<Planted, 'breaks'>[] = [
  {
    what: 'a paid electricity bill whose units are not counted for its meter',
    when: 'always',
    sql: `UPDATE billing.bills SET meter_number = '04123456784',
            basis = '{"month": "2026-11", "wattHours": "53500", "fixedMonths": []}' WHERE payment_id = ${PAID_BILL}`,
  },
  {
    what: 'a hold that is given back without a transfer',
    when: 'always',
    sql: `UPDATE wallet.holds SET state = 'refunded' WHERE id = ${PAID_BILL}`,
  },
  {
    what: 'a refunded payment whose money was not given back',
    when: 'running',
    sql: `UPDATE payment.payments SET status = 'REFUNDED', refunded_at = now(), refund_decision = id WHERE id = ${PAID_BILL}`,
  },
  {
    what: 'a payment that was charged twice, with books that are in order',
    when: 'always',
    sql: `DROP INDEX wallet.transfers_once_per_payment;
          INSERT INTO wallet.transfers SELECT gen_random_uuid(), gen_random_uuid(), debit_account, credit_account, amount,
            currency, kind, payment_id, note, at FROM wallet.transfers WHERE payment_id = ${PAID_BILL};
          UPDATE wallet.accounts a SET balance = balance + CASE WHEN a.kind = 'wallet' THEN -t.amount ELSE t.amount END
            FROM (SELECT DISTINCT debit_account, credit_account, amount FROM wallet.transfers
                  WHERE payment_id = ${PAID_BILL}) t WHERE a.id IN (t.debit_account, t.credit_account);
          INSERT INTO wallet.entries SELECT 'ffffffff-ffff-7fff-bfff-ffffffffffff', e.wallet_id, e.amount, a.balance, e.kind,
            e.payment_id, e.note, e.at FROM wallet.entries e JOIN wallet.accounts a ON a.owner_id = e.wallet_id
            WHERE e.payment_id = ${PAID_BILL}`,
  },
  {
    what: 'money that a failed payment took',
    when: 'always',
    sql: `UPDATE wallet.holds SET state = 'captured' WHERE id = ${FAILED}`,
  },
  {
    what: 'a paid payment whose money was given back',
    when: 'always',
    sql: `UPDATE wallet.holds SET state = 'released' WHERE id = ${PAID_BILL}`,
  },
  {
    what: 'a paid top-up that nobody collected',
    when: 'always',
    sql: `UPDATE wallet.holds SET collected = false WHERE id = ${PAID_TOP_UP}`,
  },
  {
    what: 'a transfer of money between people that no payment asked for',
    when: 'always',
    sql: `DELETE FROM wallet.holds WHERE id = ${TRANSFER}`,
  },
  {
    what: 'a bill that is paid by no payment',
    when: 'always',
    sql: `UPDATE billing.bills SET status = 'paid', payment_id = gen_random_uuid(), paid_at = now()
          WHERE id = (SELECT id FROM billing.bills WHERE status = 'unpaid' LIMIT 1)`,
  },
  {
    what: 'a bill that is paid by a payment of something else',
    when: 'always',
    sql: `UPDATE billing.bills SET status = 'paid', payment_id = ${PAID_TOP_UP}, paid_at = now()
          WHERE id = (SELECT id FROM billing.bills WHERE status = 'unpaid' LIMIT 1)`,
  },
  {
    what: 'a paid payment whose bill stays unpaid, although billing has heard of it',
    when: 'always',
    sql: `UPDATE billing.bills SET status = 'unpaid', payment_id = NULL, paid_at = NULL WHERE payment_id = ${PAID_BILL}`,
  },
  {
    what: 'a payment that stays PENDING for ever',
    when: 'settled',
    sql: pending('NULL', PAID_BILL),
  },
  {
    what: 'a bill that stays promised to a payment that has failed',
    when: 'settled',
    sql: `UPDATE billing.bills SET claimed_by = ${FAILED}, claimed_at = now()
          WHERE id = (SELECT bill_id FROM payment.payments WHERE id = ${FAILED})`,
  },
  {
    what: 'a bill that stays promised to a payment that was never stored',
    when: 'settled',
    sql: `UPDATE billing.bills SET claimed_by = gen_random_uuid(), claimed_at = now()
          WHERE id = (SELECT id FROM billing.bills WHERE status = 'unpaid' LIMIT 1)`,
  },
];

const deliveries: Omit<Planted, 'breaks'>[] = [
  {
    what: 'an event that a service acknowledged before its commit, and lost',
    when: 'settled',
    sql: `DELETE FROM wallet.inbox WHERE event_id = ${AN_EVENT('payment', 'payment_initiated')}`,
  },
  {
    what: 'an event that no relay ever took to the bus',
    when: 'settled',
    sql: `UPDATE billing.outbox SET published_at = NULL WHERE id = ${AN_EVENT('billing', 'bill_created')}`,
  },
  {
    what: 'an event that waits for a retry',
    when: 'settled',
    sql: `UPDATE notification.inbox SET state = 'retry' WHERE event_id = ${AN_EVENT('billing', 'bill_created')}`,
  },
  {
    what: 'an event that was given up',
    when: 'settled',
    sql: `UPDATE notification.inbox SET state = 'dead' WHERE event_id = ${AN_EVENT('wallet', 'wallet_updated')}`,
  },
  {
    what: 'an event that was published before its transaction, which then failed',
    when: 'running',
    sql: `DELETE FROM billing.outbox WHERE id = ${AN_EVENT('billing', 'bill_created')}`,
  },
  {
    what: 'an event that a service is not bound to',
    when: 'always',
    sql: `INSERT INTO billing.inbox (event_id, type, received_at, state, attempts)
          VALUES (${AN_EVENT('billing', 'bill_created')}, 'wattline.bill_created.v1', now(), 'done', 1)`,
  },
];

const messages: Omit<Planted, 'breaks'>[] = [
  {
    what: 'a second message for one event',
    when: 'always',
    sql: `ALTER TABLE notification.messages DROP CONSTRAINT messages_event_id_user_id_template_key;
          INSERT INTO notification.messages SELECT (m).* FROM
            (SELECT jsonb_populate_record(m, '{"id": "01900000-0000-7000-8000-000000000002", "sid": null}') AS m
             FROM notification.messages m LIMIT 1) AS twin`,
  },
  {
    what: 'two messages that are one at Twilio',
    when: 'always',
    sql: `ALTER TABLE notification.messages DROP CONSTRAINT messages_sid_key;
          UPDATE notification.messages SET sid = (SELECT min(sid) FROM notification.messages)`,
  },
];

const BILL_CREATED_ROW = `(SELECT seq FROM audit.trail WHERE type = 'wattline.bill_created.v1' ORDER BY seq LIMIT 1)`;

const trail: Omit<Planted, 'breaks'>[] = [
  {
    what: 'a trail from which a row was cut',
    when: 'always',
    sql: `DELETE FROM audit.trail WHERE seq = ${BILL_CREATED_ROW}`,
  },
  {
    what: 'a trail whose end was cut off',
    when: 'always',
    sql: `UPDATE audit.chain_head SET seq = seq + 1`,
  },
  {
    what: 'a head with another hash than the last row',
    when: 'always',
    sql: `UPDATE audit.chain_head SET hash = repeat('f', 64)`,
  },
  {
    what: 'an event that was audited twice',
    when: 'always',
    sql: appended('bill_created', 'event_id'),
  },
  {
    what: 'a trail row of an event that nobody announced',
    when: 'always',
    sql: `UPDATE audit.trail SET event_id = gen_random_uuid() WHERE seq = ${BILL_CREATED_ROW}`,
  },
];

/** One more row of the trail, about the subject of a payment's end or of a bill, with a head that fits. */
function appended(like: string, eventId: string, type = like): string {
  return `
    INSERT INTO audit.trail
      SELECT (SELECT max(seq) + 1 FROM audit.trail), ${eventId}, 'wattline.${type}.v1', subject, correlation_id, at,
             envelope, repeat('a', 64)
      FROM audit.trail WHERE type = 'wattline.${like}.v1' ORDER BY seq LIMIT 1;
    UPDATE audit.chain_head SET seq = seq + 1, hash = repeat('a', 64)`;
}

/** A second end of a payment that was completed, delivered to everybody as it should be. */
function secondEnd(type: string): string {
  const id = `'01900000-0000-7000-8000-000000000003'`;
  const inboxes = ['billing', 'wallet', 'notification', 'audit'].map(
    (service) => `INSERT INTO ${service}.inbox (event_id, type, received_at, state, attempts)
                  VALUES (${id}, 'wattline.${type}.v1', now(), 'done', 1)`,
  );
  return [
    `INSERT INTO payment.outbox VALUES (${id}, '${type}', '{}', now(), now(), now())`,
    ...inboxes,
    appended('payment_completed', id, type),
  ].join(';\n');
}

const ends: Omit<Planted, 'breaks'>[] = [
  { what: 'a late failure of a completed payment', when: 'always', sql: secondEnd('payment_failed') },
  {
    what: 'a payment that was completed twice',
    when: 'always',
    sql: secondEnd('payment_completed'),
  },
  {
    what: 'a completed payment that says FAILED',
    when: 'always',
    sql: `UPDATE payment.payments SET status = 'FAILED' WHERE id = ${PAID_TOP_UP}`,
  },
  {
    what: 'a finished payment of whose end nobody was told',
    when: 'settled',
    sql: `UPDATE audit.trail SET type = 'wattline.bill_changed.v1'
          WHERE type = 'wattline.payment_completed.v1' AND subject = ${PAID_BILL}::text`,
  },
];

const all: Record<string, Omit<Planted, 'breaks'>[]> = {
  I1: ledger,
  I2: holds,
  I3: requests,
  I4: payments,
  I5: vends,
  I6: deliveries,
  I7: messages,
  I8: trail,
  I9: ends,
  I11: vouchers,
};

export const PLANTED: Planted[] = Object.entries(all).flatMap(([breaks, planted]) =>
  planted.map((it) => ({ breaks, ...it })),
);
