import type { Invariant } from './invariant.js';
import { unlessUnderWayTo } from './under-way.js';

/**
 * I4. Money that was taken bought something. In a settled system only a payment in doubt is unfinished: it is shown to
 * operators, with who sees to it and by when.
 */
export const moneyTakenIsDelivered: Invariant = {
  id: 'I4',
  says: 'Whatever money was taken belongs to a paid payment, once; a failed payment took nothing; what is refunded is given back, once; a paid bill has its one paid payment, and the other way round.',
  rules: (settled) => [
    { rule: 'the money of a payment is taken once it is paid, and only then', sql: TAKEN },
    { rule: 'a hold that was taken is one transfer of its amount', sql: CAPTURES },
    { rule: 'a collection is one transfer of its amount', sql: COLLECTIONS },
    { rule: 'a hold that was given back is one refund of its amount', sql: REFUNDS },
    {
      rule: 'a refunded payment gave its money back',
      sql: settled ? GIVEN_BACK : unlessUnderWayTo('wallet', GIVEN_BACK),
    },
    {
      rule: 'the bill of a refunded payment is owed again',
      sql: settled ? REOPENED : unlessUnderWayTo('billing', REOPENED),
    },
    { rule: 'a paid bill has its paid payment', sql: PAID_BILLS },
    {
      rule: 'what a month sold to a meter is what its claimed and paid bills and its redeemed vouchers took',
      sql: SOLD,
    },
    { rule: 'a paid payment has its paid bill', sql: settled ? BILLED : unlessUnderWayTo('billing', BILLED) },
    ...(settled
      ? [
          { rule: 'no payment is unfinished, unless it is in doubt', sql: UNFINISHED },
          { rule: 'no bill is promised to a payment that is finished, or never was', sql: CLAIMED },
        ]
      : []),
  ],
  counted: `
    SELECT count(*) AS payments, count(*) FILTER (WHERE status = 'PAID') AS paid,
           count(*) FILTER (WHERE status = 'FAILED') AS failed,
           count(*) FILTER (WHERE status = 'REFUNDED') AS refunded,
           count(*) FILTER (WHERE status IN ('PENDING', 'PROCESSING')) AS unfinished
    FROM payment.payments`,
};

/**
 * A hold that is still open when its payment is paid is I2's. A top-up ends with its hold released: the money
 * stays in the wallet, and was collected from outside.
 */
const TAKEN = `
  SELECT 'payment ' || coalesce(p.id, h.id) || ' is ' || coalesce(p.status, 'unknown') || ', its hold is '
         || coalesce(h.state, 'missing') || CASE WHEN h.collected THEN ' and collected' ELSE '' END AS what
  FROM payment.payments p FULL JOIN wallet.holds h ON h.id = p.id
  WHERE CASE
    WHEN p.id IS NULL THEN h.state IN ('captured', 'refunded')
    WHEN p.purpose = 'top_up' AND p.status = 'PAID'
      THEN NOT (coalesce(h.collected, false) AND h.state IN ('held', 'released'))
    WHEN p.status = 'PAID' THEN coalesce(h.state, 'missing') NOT IN ('held', 'captured')
    WHEN p.status = 'REFUNDED' THEN h.id IS NULL
    ELSE h.state IN ('captured', 'refunded')
  END OR h.id IS NOT NULL AND p.id IS NOT NULL AND (h.amount <> p.amount OR h.currency <> p.currency)`;

const CAPTURES = `
  SELECT 'payment ' || coalesce(h.id, t.payment_id) || ' was taken ' || coalesce(t.times, 0) || ' times, '
         || coalesce(t.amount, 0) || ' in all, its hold is '
         || coalesce(h.state || ' with ' || h.amount, 'missing') AS what
  FROM (SELECT * FROM wallet.holds WHERE state IN ('captured', 'refunded')) h
  FULL JOIN (SELECT payment_id, count(*) AS times, sum(amount) AS amount FROM wallet.transfers
             WHERE kind IN ('capture', 'transfer') GROUP BY payment_id) t ON t.payment_id = h.id
  WHERE h.id IS NULL OR t.times IS DISTINCT FROM 1 OR t.amount <> h.amount`;

const REFUNDS = `
  SELECT 'payment ' || coalesce(h.id, t.payment_id) || ' was given back ' || coalesce(t.times, 0) || ' times, '
         || coalesce(t.amount, 0) || ' in all, its hold is '
         || coalesce(h.state || ' with ' || h.amount, 'not refunded') AS what
  FROM (SELECT * FROM wallet.holds WHERE state = 'refunded') h
  FULL JOIN (SELECT payment_id, count(*) AS times, sum(amount) AS amount FROM wallet.transfers
             WHERE kind = 'refund' GROUP BY payment_id) t ON t.payment_id = h.id
  WHERE h.id IS NULL OR t.times IS DISTINCT FROM 1 OR t.amount <> h.amount`;

/** What was collected and never delivered is given back by releasing its hold; what was taken, by a refund. */
const GIVEN_BACK = `
  SELECT p.id AS payment_id, 'payment ' || p.id || ' is REFUNDED, its hold is ' || coalesce(h.state, 'missing') AS what
  FROM payment.payments p LEFT JOIN wallet.holds h ON h.id = p.id
  WHERE p.status = 'REFUNDED' AND coalesce(h.state, 'missing') NOT IN ('refunded', 'released')`;

const REOPENED = `
  SELECT p.id AS payment_id, 'payment ' || p.id || ' is REFUNDED, its bill ' || b.id || ' is still paid by it' AS what
  FROM payment.payments p JOIN billing.bills b ON b.payment_id = p.id
  WHERE p.status = 'REFUNDED'`;

const COLLECTIONS = `
  SELECT 'payment ' || coalesce(h.id, t.payment_id) || ' was collected ' || coalesce(t.times, 0) || ' times, '
         || coalesce(t.amount, 0) || ' in all, its hold is '
         || coalesce(h.state || ' with ' || h.amount, 'of money that was in the wallet') AS what
  FROM (SELECT * FROM wallet.holds WHERE collected) h
  FULL JOIN (SELECT payment_id, count(*) AS times, sum(amount) AS amount FROM wallet.transfers
             WHERE kind IN ('collected', 'top_up') GROUP BY payment_id) t ON t.payment_id = h.id
  WHERE h.id IS NULL OR t.times IS DISTINCT FROM 1 OR t.amount <> h.amount`;

const PAID_BILLS = `
  SELECT 'bill ' || b.id || ' is paid by payment ' || b.payment_id || ', which '
         || CASE WHEN p.id IS NULL THEN 'does not exist'
                 WHEN p.bill_id IS DISTINCT FROM b.id THEN 'is of something else'
                 WHEN p.amount <> b.amount OR p.currency <> b.currency THEN 'is of another amount'
                 ELSE 'is ' || p.status END AS what
  FROM billing.bills b LEFT JOIN payment.payments p ON p.id = b.payment_id
  WHERE b.status = 'paid' AND (p.id IS NULL OR p.bill_id IS DISTINCT FROM b.id OR p.amount <> b.amount
                               OR p.currency <> b.currency OR p.status NOT IN ('PAID', 'REFUNDED'))`;

const BILLED = `
  SELECT p.id AS payment_id,
         'payment ' || p.id || ' is PAID, its bill ' || p.bill_id || ' is '
         || CASE WHEN b.status = 'paid' THEN 'paid by ' || b.payment_id ELSE coalesce(b.status, 'missing') END AS what
  FROM payment.payments p LEFT JOIN billing.bills b ON b.id = p.bill_id
  WHERE p.status = 'PAID' AND p.purpose IN ('bill', 'electricity', 'vouchers') AND b.payment_id IS DISTINCT FROM p.id`;

const UNFINISHED = `
  SELECT 'payment ' || id || ' is ' || status AS what
  FROM payment.payments WHERE status = 'PENDING' OR status = 'PROCESSING' AND in_doubt_since IS NULL`;

const CLAIMED = `
  SELECT 'bill ' || b.id || ' is promised to payment ' || b.claimed_by || ', which '
         || coalesce('is ' || p.status, 'was never stored') AS what
  FROM billing.bills b LEFT JOIN payment.payments p ON p.id = b.claimed_by
  WHERE b.claimed_by IS NOT NULL AND coalesce(p.status, 'none') NOT IN ('PENDING', 'PROCESSING')`;

/** Claimed, given back and paid in the transaction that changes the bill or the redemption: right at any moment. */
const SOLD = `
  WITH sale AS (
    SELECT id, meter_number, basis FROM billing.bills
    WHERE basis IS NOT NULL AND (claimed_by IS NOT NULL OR status = 'paid')
    UNION ALL
    SELECT id, meter_number, basis FROM billing.voucher_redemptions WHERE basis IS NOT NULL AND state <> 'refused'
  ), taken AS (
    SELECT meter_number, basis->>'month' AS month, sum((basis->>'wattHours')::bigint) AS watt_hours
    FROM sale GROUP BY 1, 2
  ), charged AS (
    SELECT s.id, s.meter_number, m.month FROM sale s, jsonb_array_elements_text(s.basis->'fixedMonths') m(month)
  )
  SELECT 'meter ' || coalesce(m.meter_number, t.meter_number) || ' was sold ' || coalesce(m.watt_hours, 0) || ' Wh in '
         || coalesce(m.month, t.month) || ', its sales say ' || coalesce(t.watt_hours, 0) AS what
  FROM billing.meter_months m FULL JOIN taken t ON t.meter_number = m.meter_number AND t.month = m.month
  WHERE coalesce(m.watt_hours, 0) <> coalesce(t.watt_hours, 0)
  UNION ALL
  SELECT 'the fixed charge of meter ' || m.meter_number || ' for ' || m.month || ' is paid by sale ' || m.fixed_bill_id
         || ', which says otherwise'
  FROM billing.meter_months m
  WHERE m.fixed_bill_id IS NOT NULL AND NOT EXISTS (
    SELECT FROM charged c WHERE c.id = m.fixed_bill_id AND c.meter_number = m.meter_number AND c.month = m.month)`;
