import type { ServiceDefinition } from '#service-host';
import { BillingModule } from './billing.module.js';
import { type BillingSettings, billingSettings } from './billing-settings.js';
import { BillingTables1700000000001 } from './billing-tables.migration.js';
import { BillRefund } from './bills/bill-refund.entity.js';
import { BillRefunds1700000000100 } from './bills/bill-refunds.migration.js';
import { Bill } from './bills/bill.entity.js';
import { Meter } from './electricity/meter.entity.js';
import { seedDemoMeters } from './electricity/seed-demo-meters.js';
import { Tariff } from './electricity/tariff.entity.js';

/** Issues bills, prices electricity, and promises each bill to one payment at a time. */
export const billingService: ServiceDefinition<BillingSettings> = {
  name: 'billing',
  module: BillingModule,
  entities: [Bill, BillRefund, Meter, Tariff],
  migrations: [BillingTables1700000000001, BillRefunds1700000000100],
  settings: billingSettings,
  seedDemo: (_app, { requests, settings }) => seedDemoMeters(requests, settings.CURRENCY),
};
