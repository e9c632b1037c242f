import type { MigrationInterface, QueryRunner } from 'typeorm';

export class VendTables1700000000300 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE meter_keys (
        meter_number text PRIMARY KEY,
        issuer text NOT NULL CHECK (issuer IN ('software', 'prism', 'stron', 'calin', 'openpaygo')),
        key jsonb,
        change_to jsonb,
        last_tid int NOT NULL DEFAULT -1,
        new_last_tid int NOT NULL DEFAULT -1,
        paygo jsonb,
        count int NOT NULL DEFAULT 0 CHECK (count >= 0),
        sealed_key text,
        CHECK ((issuer = 'openpaygo') = (paygo IS NOT NULL AND sealed_key IS NOT NULL))
      );
      CREATE TABLE vending_keys (
        id text PRIMARY KEY,
        sealed_key text NOT NULL,
        is_test boolean NOT NULL
      );
      CREATE TABLE vends (
        id uuid PRIMARY KEY,
        cause text NOT NULL CHECK (cause IN ('payment', 'voucher')),
        bill_id uuid,
        owner_id uuid NOT NULL,
        meter_number text NOT NULL,
        amount bigint NOT NULL CHECK (amount > 0),
        currency text NOT NULL,
        watt_hours bigint NOT NULL CHECK (watt_hours >= 0),
        state text NOT NULL CHECK (state IN ('requested', 'issued', 'failed')),
        issuer text,
        device jsonb,
        key_id text,
        tid int,
        issuer_reference text,
        failure_code text,
        failure_reason text,
        in_doubt_since timestamptz,
        resolved_by uuid,
        resolution text CHECK (resolution IN ('delivered', 'not_delivered')),
        conflict text,
        resends int NOT NULL DEFAULT 0,
        resends_since timestamptz,
        resent_at timestamptz,
        requested_at timestamptz NOT NULL,
        ended_at timestamptz,
        CHECK ((state = 'requested') = (ended_at IS NULL)),
        CHECK ((state = 'failed') = (failure_code IS NOT NULL)),
        CHECK ((resolved_by IS NULL) = (resolution IS NULL)),
        -- A meter takes an identifier under a key once: two tokens with one would be worth one.
        CONSTRAINT one_token_per_identifier UNIQUE (meter_number, key_id, tid)
      ) WITH (fillfactor = 75);
      CREATE INDEX vends_of_owner ON vends (owner_id, id DESC);
      CREATE INDEX vends_in_doubt ON vends (id) WHERE state = 'requested' AND in_doubt_since IS NOT NULL;
      CREATE TABLE vend_tokens (
        id uuid PRIMARY KEY,
        vend_id uuid NOT NULL REFERENCES vends,
        owner_id uuid NOT NULL,
        meter_number text NOT NULL,
        position int NOT NULL,
        kind text NOT NULL CHECK (kind IN ('credit', 'key_change')),
        sealed_token text NOT NULL,
        watt_hours bigint,
        days int,
        issued_at timestamptz NOT NULL,
        CONSTRAINT one_token_per_position UNIQUE (vend_id, position)
      );
      CREATE INDEX vend_tokens_of_owner ON vend_tokens (owner_id, id DESC);
      CREATE TABLE vend_proposals (
        decision_id uuid PRIMARY KEY,
        vend_id uuid NOT NULL,
        outcome text NOT NULL CHECK (outcome IN ('delivered', 'not_delivered')),
        sealed_tokens text,
        reason text NOT NULL,
        proposed_at timestamptz NOT NULL
      );
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP TABLE vend_proposals; DROP TABLE vend_tokens; DROP TABLE vends; DROP TABLE vending_keys; DROP TABLE meter_keys;
    `);
  }
}
