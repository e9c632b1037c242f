// The same books for every rival: 100 people, and a transfer that is durable, counted once, and never overdraws.
import pg from 'pg';

export const PEOPLE = 100;
const START = 1_000_000_000;

export function openPool(max) {
  return new pg.Pool({ connectionString: process.env.DATABASE_URL, max });
}

export async function makeBooks(pool) {
  await pool.query(`
    DROP TABLE IF EXISTS ledger, payments, accounts;
    CREATE TABLE accounts (id int PRIMARY KEY, balance bigint NOT NULL CHECK (balance >= 0)) WITH (fillfactor = 75);
    CREATE TABLE payments (key text PRIMARY KEY, payer int NOT NULL, payee int NOT NULL, amount bigint NOT NULL,
                           status text NOT NULL, at timestamptz NOT NULL DEFAULT now());
    CREATE TABLE ledger (id bigserial PRIMARY KEY, key text NOT NULL, account int NOT NULL, amount bigint NOT NULL,
                         balance_after bigint NOT NULL, at timestamptz NOT NULL DEFAULT now());
    INSERT INTO accounts SELECT i, ${START} FROM generate_series(0, ${PEOPLE - 1}) AS i;`);
}

/** One transaction of seven prepared statements, as a careful developer writes it. */
export async function transfer(pool, { key, payer, payee, amount }) {
  const client = await pool.connect();
  const ask = (name, text, values) => client.query({ name, text, values });
  try {
    await client.query('BEGIN');
    const first = await ask(
      'accept',
      `INSERT INTO payments VALUES ($1, $2, $3, $4, 'PENDING') ON CONFLICT DO NOTHING RETURNING key`,
      [key, payer, payee, amount],
    );
    if (first.rowCount === 1) {
      const { rows } = await ask(
        'lock',
        'SELECT id, balance FROM accounts WHERE id IN ($1, $2) ORDER BY id FOR UPDATE',
        [payer, payee],
      );
      const balance = (id) => Number(rows.find((row) => row.id === id).balance);
      const enough = balance(payer) >= amount;
      if (enough) {
        await ask('debit', 'UPDATE accounts SET balance = balance - $2 WHERE id = $1', [payer, amount]);
        await ask('credit', 'UPDATE accounts SET balance = balance + $2 WHERE id = $1', [payee, amount]);
        await ask(
          'entries',
          `INSERT INTO ledger (key, account, amount, balance_after) VALUES ($1, $2, -$4::bigint, $5), ($1, $3, $4, $6)`,
          [key, payer, payee, amount, balance(payer) - amount, balance(payee) + amount],
        );
      }
      await ask('end', 'UPDATE payments SET status = $2 WHERE key = $1', [key, enough ? 'PAID' : 'FAILED']);
    }
    await client.query('COMMIT');
  } catch (error) {
    await client.query('ROLLBACK').catch(() => undefined);
    throw error;
  } finally {
    client.release();
  }
}

export async function countPaid(pool) {
  const { rows } = await pool.query(`SELECT count(*)::int AS paid FROM payments WHERE status = 'PAID'`);
  return rows[0].paid;
}

/** What is wrong with the books, or nothing. */
export async function checkBooks(pool) {
  const { rows } = await pool.query(`
    SELECT (SELECT sum(balance) FROM accounts) = ${PEOPLE} * ${START}::bigint AS whole,
           (SELECT count(*) FROM payments WHERE status = 'PAID') * 2 = (SELECT count(*) FROM ledger) AS entered,
           (SELECT coalesce(sum(amount), 0) FROM ledger) = 0 AS balanced`);
  return Object.entries(rows[0])
    .filter(([, holds]) => !holds)
    .map(([what]) => `not ${what}`);
}
