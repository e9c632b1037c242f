import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Tariffs in versions, the registry with what sales depend on, people's own lists, and the counters of the months. */
export class Meters1700000000200 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE tariffs
        ADD utility text NOT NULL DEFAULT 'Utility',
        ADD customer_class text NOT NULL DEFAULT 'all',
        ADD time_zone text NOT NULL DEFAULT 'Africa/Lagos';
      CREATE TABLE tariff_versions (
        id text PRIMARY KEY,
        tariff_id text NOT NULL REFERENCES tariffs,
        valid_from date NOT NULL,
        terms jsonb NOT NULL,
        UNIQUE (tariff_id, valid_from)
      );
      -- The flat tariffs that there were: one block, and VAT.
      INSERT INTO tariff_versions
      SELECT id || '@2020-01-01', id, '2020-01-01', jsonb_build_object(
        'charges', CASE WHEN vat_basis_points = 0 THEN '[]' ELSE jsonb_build_array(jsonb_build_object(
          'kind', 'vat', 'label', 'VAT', 'percent', (vat_basis_points / 100.0)::numeric(5, 2)::text)) END,
        'blocks', jsonb_build_array(jsonb_build_object('perKwh', CASE
          WHEN currency IN ('RWF', 'UGX', 'XOF', 'XAF') THEN price_per_kwh::text
          ELSE (price_per_kwh / 100.0)::numeric(20, 2)::text END)),
        'minimum', '1', 'maximum', '10000000',
        'rounding', jsonb_build_object('wattHours', 100, 'direction', 'down'))
      FROM tariffs;
      ALTER TABLE tariffs DROP price_per_kwh, DROP vat_basis_points,
        ALTER utility DROP DEFAULT, ALTER customer_class DROP DEFAULT, ALTER time_zone DROP DEFAULT;

      ALTER TABLE meters
        ADD kind text NOT NULL DEFAULT 'sts' CHECK (kind IN ('sts', 'openpaygo', 'online')),
        ADD status text NOT NULL DEFAULT 'active' CHECK (status IN ('active', 'suspended', 'blocked')),
        ADD arrears bigint NOT NULL DEFAULT 0 CHECK (arrears >= 0),
        ADD charged_from text NOT NULL DEFAULT to_char(now(), 'YYYY-MM');
      ALTER TABLE meters ALTER kind DROP DEFAULT, ALTER status DROP DEFAULT, ALTER arrears DROP DEFAULT,
        ALTER charged_from DROP DEFAULT;

      CREATE TABLE meter_months (
        id text PRIMARY KEY,
        meter_number text NOT NULL REFERENCES meters,
        month text NOT NULL,
        watt_hours bigint NOT NULL CHECK (watt_hours >= 0),
        fixed_bill_id uuid,
        UNIQUE (meter_number, month)
      ) WITH (fillfactor = 75);

      CREATE TABLE saved_meters (
        id uuid PRIMARY KEY,
        owner_id uuid NOT NULL,
        number text NOT NULL REFERENCES meters,
        name text,
        building_id uuid,
        department_id uuid,
        status text NOT NULL CHECK (status IN ('active', 'inactive', 'suspended')),
        created_at timestamptz NOT NULL,
        UNIQUE (owner_id, number)
      );

      ALTER TABLE bills ADD basis jsonb;
      CREATE INDEX bills_of_meter ON bills (customer_id, meter_number, id DESC) WHERE kind = 'electricity';
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP INDEX bills_of_meter;
      ALTER TABLE bills DROP basis;
      DROP TABLE saved_meters; DROP TABLE meter_months; DROP TABLE tariff_versions;
      ALTER TABLE meters DROP kind, DROP status, DROP arrears, DROP charged_from;
      ALTER TABLE tariffs DROP utility, DROP customer_class, DROP time_zone,
        ADD price_per_kwh bigint NOT NULL DEFAULT 1, ADD vat_basis_points integer NOT NULL DEFAULT 0;
    `);
  }
}
