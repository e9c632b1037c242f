import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Readings of meters, and what their owners want to be told of. */
export class Consumption1700000003300 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE meter_series (
        id text PRIMARY KEY,
        meter_number text NOT NULL REFERENCES meters,
        saved_meter_id uuid REFERENCES saved_meters ON DELETE CASCADE,
        read_to timestamptz,
        next_ask_at timestamptz,
        CHECK (id = coalesce(saved_meter_id::text, meter_number))
      ) WITH (fillfactor = 75);
      CREATE INDEX meter_series_to_ask ON meter_series (next_ask_at) WHERE next_ask_at IS NOT NULL;
      CREATE INDEX meter_series_of_saved ON meter_series (saved_meter_id) WHERE saved_meter_id IS NOT NULL;
      INSERT INTO meter_series SELECT DISTINCT number, number, NULL::uuid, NULL::timestamptz, now() FROM saved_meters;

      -- Every question is about one series and a time: the key is the index, and rows of one series lie together in it.
      CREATE TABLE meter_readings (
        series_id text NOT NULL REFERENCES meter_series ON DELETE CASCADE,
        at timestamptz NOT NULL,
        total_wh bigint CHECK (total_wh >= 0),
        credit_wh bigint CHECK (credit_wh >= 0),
        PRIMARY KEY (series_id, at),
        CHECK (total_wh IS NOT NULL OR credit_wh IS NOT NULL)
      );
      CREATE INDEX saved_meters_of_number ON saved_meters (number);
      CREATE INDEX vends_of_owner_and_meter ON vends (owner_id, meter_number, ended_at) WHERE state = 'issued';

      CREATE TABLE meter_alerts (
        id uuid PRIMARY KEY REFERENCES saved_meters ON DELETE CASCADE,
        owner_id uuid NOT NULL,
        meter_number text NOT NULL,
        low_balance_wh bigint CHECK (low_balance_wh > 0),
        days_left int CHECK (days_left > 0),
        daily_use_wh bigint CHECK (daily_use_wh > 0),
        monthly_budget bigint CHECK (monthly_budget > 0),
        quiet_from text,
        quiet_to text,
        time_zone text NOT NULL,
        sms boolean NOT NULL,
        app boolean NOT NULL,
        states jsonb NOT NULL,
        check_at timestamptz NOT NULL,
        CHECK ((quiet_from IS NULL) = (quiet_to IS NULL))
      ) WITH (fillfactor = 75);
      CREATE INDEX meter_alerts_to_check ON meter_alerts (check_at);
      CREATE INDEX meter_alerts_of_meter ON meter_alerts (meter_number);
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP TABLE meter_alerts; DROP TABLE meter_readings; DROP TABLE meter_series;
      DROP INDEX saved_meters_of_number; DROP INDEX vends_of_owner_and_meter;
    `);
  }
}
