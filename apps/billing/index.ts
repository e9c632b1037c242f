import type { ServiceDefinition } from '#service-host';
import { BillingModule } from './billing.module.js';
import { type BillingSettings, billingSettings } from './billing-settings.js';
import { BillingTables1700000000001 } from './billing-tables.migration.js';
import { BillRefund } from './bills/bill-refund.entity.js';
import { BillRefunds1700000000100 } from './bills/bill-refunds.migration.js';
import { Bill } from './bills/bill.entity.js';
import { Meter } from './meters/meter.entity.js';
import { MeterMonth } from './meters/meter-month.entity.js';
import { Meters1700000000200 } from './meters/meters.migration.js';
import { SavedMeter } from './meters/saved-meter.entity.js';
import { seedDemoMeters } from './meters/seed-demo-meters.js';
import { Tariff } from './tariffs/tariff.entity.js';
import { TariffVersion } from './tariffs/tariff-version.entity.js';

/** Issues bills, prices electricity, and promises each bill to one payment at a time. */
export const billingService: ServiceDefinition<BillingSettings> = {
  name: 'billing',
  module: BillingModule,
  entities: [Bill, BillRefund, Meter, MeterMonth, SavedMeter, Tariff, TariffVersion],
  migrations: [BillingTables1700000000001, BillRefunds1700000000100, Meters1700000000200],
  settings: billingSettings,
  seedDemo: (_app, { requests, clock, settings }) => seedDemoMeters(requests, clock, settings.CURRENCY),
};
