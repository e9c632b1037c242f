/**
 * What the databases do for one payment of a bill (S2), commit by commit, without anything around it: the same rows
 * into the same tables with the same locks. `:k` is the number of the first payment, `:n` how many share the commit.
 * Ids are made from numbers, so that no answer has to be read.
 */
export interface Commit {
  name: string;
  statements: string[];
}

const G = 'generate_series(:k::bigint, :k::bigint + :n::int - 1) AS k';
const id = (kind: string) => `('00000000-000${kind}-7000-8000-' || lpad(to_hex(k), 12, '0'))::uuid`;
const PAYMENT = id('1');
const WALLET = `lpad(to_hex(k % 24), 32, '0')::uuid`;
const ENVELOPE = `repeat('x', 520)`;

const outbox = (service: string, event: string, kind: string) =>
  `INSERT INTO ${service}.outbox SELECT ${id(kind)}, '${event}', ${ENVELOPE}, now(), now(), NULL FROM ${G}`;
const inbox = (service: string, kind: string) =>
  `INSERT INTO ${service}.inbox (event_id, type, received_at, state, attempts)
   SELECT ${id(kind)}, 'wattline.event.v1', now(), 'done', 1 FROM ${G} ON CONFLICT DO NOTHING RETURNING event_id`;
const lock = (table: string, key: string) =>
  `SELECT * FROM ${table} WHERE id IN (SELECT ${key} FROM ${G}) ORDER BY id FOR UPDATE`;
const set = (table: string, key: string, changes: string) =>
  `UPDATE ${table} t SET ${changes} FROM (SELECT ${key} AS id FROM ${G}) v WHERE t.id = v.id`;
const setWallets = (changes: string) =>
  `UPDATE wallet.accounts t SET ${changes}
   FROM (SELECT ${WALLET}::text AS id, count(*) AS times FROM ${G} GROUP BY 1) v WHERE t.id = v.id`;
const mark = (service: string, kinds: string[]) =>
  kinds.map((kind) => set(`${service}.outbox`, id(kind), 'published_at = now()'));

export const COMMITS: Commit[] = [
  {
    name: 'payment: the key',
    statements: [
      `INSERT INTO payment.request_keys (id, body_hash, payment_id, abandoned, created_at)
       SELECT 'floor:' || k, repeat('h', 43), ${PAYMENT}, false, now() FROM ${G} ON CONFLICT DO NOTHING RETURNING id`,
      lock('payment.request_keys', `'floor:' || k`),
    ],
  },
  {
    name: 'billing: the claim',
    statements: [
      lock('billing.bills', id('2')),
      set('billing.bills', id('2'), `claimed_by = v.id, claimed_at = now()`),
    ],
  },
  {
    name: 'payment: accepted',
    statements: [
      lock('payment.request_keys', `'floor:' || k`),
      `INSERT INTO payment.payments (id, reference, payer_id, bill_id, purpose, method, status, amount, currency, title, created_at)
       SELECT ${PAYMENT}, 'P-' || k, ${WALLET}, ${id('2')}, 'bill', 'wallet', 'PENDING', 100, 'NGN', 'Bill', now() FROM ${G}`,
      outbox('payment', 'payment_initiated', '3'),
    ],
  },
  {
    name: 'wallet: held',
    statements: [
      inbox('wallet', '3'),
      `INSERT INTO wallet.holds (id, wallet_id, amount, currency, state, collected, placed_at)
       SELECT ${PAYMENT}, ${WALLET}, 100, 'NGN', 'held', false, now() FROM ${G} ON CONFLICT DO NOTHING RETURNING id`,
      lock('wallet.accounts', `${WALLET}::text`),
      setWallets('held = held + 100 * v.times'),
      outbox('wallet', 'funds_held', '4'),
    ],
  },
  {
    name: 'payment: completed',
    statements: [
      inbox('payment', '4'),
      lock('payment.payments', PAYMENT),
      set('payment.payments', PAYMENT, `status = 'PAID', held_at = now(), ended_at = now()`),
      outbox('payment', 'payment_completed', '5'),
      ...mark('payment', ['3']),
    ],
  },
  {
    name: 'wallet: taken',
    statements: [
      inbox('wallet', '5'),
      lock('wallet.holds', PAYMENT),
      lock('wallet.accounts', `${WALLET}::text`),
      set('wallet.holds', PAYMENT, `state = 'captured', closed_at = now()`),
      setWallets('held = held - 100 * v.times, balance = balance - 100 * v.times'),
      `INSERT INTO wallet.transfers (id, journal_id, debit_account, credit_account, amount, currency, kind, payment_id, at)
       SELECT ${id('6')}, ${id('7')}, ${WALLET}::text, 'billers:' || 'NGN', 100, 'NGN', 'capture', ${PAYMENT}, now() FROM ${G}`,
      `INSERT INTO wallet.entries (id, wallet_id, amount, balance_after, kind, payment_id, at)
       SELECT ${id('6')}, ${WALLET}, -100, 100, 'capture', ${PAYMENT}, now() FROM ${G}`,
      outbox('wallet', 'wallet_updated', '6'),
      ...mark('wallet', ['4']),
      `UPDATE wallet.accounts SET balance = balance + 100 * :n::int WHERE id = 'billers:' || 'NGN'`,
    ],
  },
  {
    name: 'billing: paid',
    statements: [
      inbox('billing', '5'),
      lock('billing.bills', id('2')),
      set('billing.bills', id('2'), `status = 'paid', payment_id = v.id, paid_at = now(), claimed_by = NULL, claimed_at = NULL`), // prettier-ignore
    ],
  },
  {
    name: 'notification: the message',
    statements: [
      inbox('notification', '5'),
      inbox('notification', '6'),
      `INSERT INTO notification.messages (id, event_id, user_id, template, body, state, correlation_id, created_at, updated_at)
       SELECT ${PAYMENT}, ${id('5')}, ${WALLET}, 'payment_completed', repeat('x', 200), 'queued', 'c', now(), now()
       FROM ${G} ON CONFLICT DO NOTHING RETURNING id`,
      `INSERT INTO notification.effects
       SELECT ${PAYMENT}, 'send-sms', '{}', 'started', 0, 0, now(), NULL, now(), 'c', NULL FROM ${G}`,
    ],
  },
  {
    name: 'notification: the attempt',
    statements: [set('notification.messages', PAYMENT, 'attempted_at = now()')],
  },
  {
    name: 'notification: accepted by Twilio',
    statements: [
      `UPDATE notification.effects t SET state = 'done', attempts = 1
       FROM (SELECT ${PAYMENT} AS id FROM ${G}) v WHERE t.reference = v.id`,
      set('notification.messages', PAYMENT, `state = 'sending', sid = 'SM' || v.id, segments = 1`),
    ],
  },
  {
    name: 'audit: four events',
    statements: [
      ...['3', '4', '5', '6'].map((kind) => inbox('audit', kind)),
      `SELECT * FROM audit.chain_head FOR UPDATE`,
      ...['3', '4', '5', '6'].map(
        (kind, i) => `INSERT INTO audit.trail
         SELECT k * 4 + ${i} + 1000000000, ${id(kind)}, 'wattline.event.v1', 's', 'c', now(), ${ENVELOPE}, repeat('h', 64) FROM ${G}`,
      ),
      `UPDATE audit.chain_head SET seq = seq + 4 * :n::int`,
      ...mark('payment', ['5']),
      ...mark('wallet', ['6']),
    ],
  },
];

/** Payers, and unpaid bills for the payments with these numbers. */
export const preparation = (from: number, to: number) => `
  INSERT INTO wallet.accounts (id, kind, owner_id, currency, normal_side, balance)
  SELECT ${WALLET}::text, 'wallet', ${WALLET}, 'NGN', 'credit', 1000000000000 FROM generate_series(0, 23) AS k
  ON CONFLICT DO NOTHING;
  INSERT INTO billing.bills (id, number, kind, customer_id, issued_by, amount, currency, due_date, status, created_at)
  SELECT ${id('2')}, 'floor-' || k, 'bill', ${WALLET}, ${WALLET}, 100, 'NGN', current_date + 30, 'unpaid', now()
  FROM generate_series(${from}, ${to}) AS k;
  ANALYZE;`;
