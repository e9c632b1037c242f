import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * The books. Transfers and entries are only ever added: the database refuses to change them. No foreign keys
 * to accounts: their share locks on the rows that every payment touches would wait for each other, and
 * `VerifyLedger` finds a transfer of an account that does not exist.
 */
export class WalletTables1700000000001 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(ACCOUNTS);
    await runner.query(BOOKS);
    await runner.query(HOLDS);
    await runner.query(SYSTEM_ACCOUNTS);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE holds; DROP TABLE entries; DROP TABLE transfers; DROP TABLE accounts;');
    await runner.query('DROP FUNCTION refuse_change();');
  }
}

const ACCOUNTS = `
  CREATE TABLE accounts (
    id text COLLATE "C" PRIMARY KEY,
    kind text NOT NULL CHECK (kind IN ('wallet', 'clearing', 'billers')),
    owner_id uuid,
    currency text NOT NULL,
    normal_side text NOT NULL CHECK (normal_side IN ('debit', 'credit')),
    balance bigint NOT NULL DEFAULT 0,
    held bigint NOT NULL DEFAULT 0,
    last_entry_id uuid,
    created_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT a_wallet_is_its_owners CHECK (kind <> 'wallet' OR (owner_id IS NOT NULL AND id = owner_id::text)),
    CONSTRAINT available_is_not_negative CHECK (kind <> 'wallet' OR (held >= 0 AND balance >= held)),
    CONSTRAINT only_wallets_hold CHECK (kind = 'wallet' OR held = 0)
  ) WITH (fillfactor = 75);
`;

const BOOKS = `
  CREATE TABLE transfers (
    id uuid PRIMARY KEY,
    journal_id uuid NOT NULL,
    debit_account text COLLATE "C" NOT NULL,
    credit_account text COLLATE "C" NOT NULL,
    amount bigint NOT NULL CHECK (amount > 0),
    currency text NOT NULL,
    kind text NOT NULL CHECK (kind IN ('top_up', 'collected', 'capture', 'transfer')),
    payment_id uuid NOT NULL,
    note text,
    at timestamptz NOT NULL,
    CHECK (debit_account <> credit_account)
  );
  -- The last wall against taking or crediting the money of one payment twice.
  CREATE UNIQUE INDEX transfers_once_per_payment ON transfers (payment_id, kind);

  CREATE TABLE entries (
    id uuid PRIMARY KEY,
    wallet_id uuid NOT NULL,
    amount bigint NOT NULL CHECK (amount <> 0),
    balance_after bigint NOT NULL CHECK (balance_after >= 0),
    kind text NOT NULL CHECK (kind IN ('top_up', 'collected', 'capture', 'transfer_out', 'transfer_in')),
    payment_id uuid NOT NULL,
    note text,
    at timestamptz NOT NULL
  );
  CREATE INDEX entries_statement ON entries (wallet_id, id);

  CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
  BEGIN
    RAISE EXCEPTION '% of % is refused: what is in the books stays, corrections are new transfers',
      TG_OP, TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
  END $$;
  CREATE TRIGGER immutable BEFORE UPDATE OR DELETE OR TRUNCATE ON transfers EXECUTE FUNCTION refuse_change();
  CREATE TRIGGER immutable BEFORE UPDATE OR DELETE OR TRUNCATE ON entries EXECUTE FUNCTION refuse_change();
  -- ALWAYS: also in a session that calls itself a replica.
  ALTER TABLE transfers ENABLE ALWAYS TRIGGER immutable;
  ALTER TABLE entries ENABLE ALWAYS TRIGGER immutable;
`;

const HOLDS = `
  CREATE TABLE holds (
    id uuid PRIMARY KEY,
    wallet_id uuid NOT NULL,
    amount bigint NOT NULL CHECK (amount > 0),
    currency text NOT NULL,
    state text NOT NULL CHECK (state IN ('held', 'captured', 'released', 'refused')),
    collected boolean NOT NULL,
    placed_at timestamptz NOT NULL,
    closed_at timestamptz,
    CHECK ((state = 'held') = (closed_at IS NULL))
  ) WITH (fillfactor = 85);
`;

/** For every currency that the kernel knows; a test says so when one is added there. */
const SYSTEM_ACCOUNTS = `
  INSERT INTO accounts (id, kind, currency, normal_side)
  SELECT system.name || ':' || currency, system.kind, currency, system.normal_side
  FROM (VALUES ('clearing:sandbox', 'clearing', 'debit'), ('billers', 'billers', 'credit'))
         AS system (name, kind, normal_side),
       unnest('{NGN,KES,GHS,ZAR,TZS,ZMW,USD,EUR,RWF,UGX,XOF,XAF}'::text[]) AS currency;
`;
