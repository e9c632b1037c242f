import { forgetAttempts, type ServiceDefinition } from '#service-host';
import { BillingModule } from './billing.module.js';
import { type BillingSettings, billingSettings, refuseSettings } from './billing-settings.js';
import { BillingTables1700000000001 } from './billing-tables.migration.js';
import { BillRefund } from './bills/bill-refund.entity.js';
import { BillRefunds1700000000100 } from './bills/bill-refunds.migration.js';
import { Bill } from './bills/bill.entity.js';
import { MeterAlerts } from './alerts/meter-alerts.entity.js';
import { Consumption1700000003300 } from './consumption/consumption.migration.js';
import { MeterSeries } from './consumption/meter-series.entity.js';
import { Meter } from './meters/meter.entity.js';
import { MeterMonth } from './meters/meter-month.entity.js';
import { Meters1700000000200 } from './meters/meters.migration.js';
import { SavedMeter } from './meters/saved-meter.entity.js';
import { seedDemoMeters } from './meters/seed-demo-meters.js';
import { Tariff } from './tariffs/tariff.entity.js';
import { TariffVersion } from './tariffs/tariff-version.entity.js';
import { MeterKeys, VendingKey } from './vends/meter-keys.entity.js';
import { refuseTestKeys } from './vends/refuse-test-keys.js';
import { seedDemoKeys } from './vends/seed-demo-keys.js';
import { TakenAndIssued1700000000400 } from './vends/taken-and-issued.migration.js';
import { TokenFingerprints1760000000100 } from './vends/token-fingerprints.migration.js';
import { Vend, VendTokenRow } from './vends/vend.entity.js';
import { VendProposal } from './vends/vend-proposal.entity.js';
import { VendTables1700000000300 } from './vends/vend-tables.migration.js';
import { VoucherTables1700000001200 } from './vouchers/voucher-tables.migration.js';
import { Redemption, Voucher, VoucherBatch } from './vouchers/voucher.entity.js';

export type { BillingSettings } from './billing-settings.js';
export { TokenIssuers } from './issuers/token-issuers.js';
export type { IssueOutcome, IssueRequest, StsDevice, TokenIssuer } from './vends/token-issuer.port.js';

/** Issues bills, prices electricity, and promises each bill to one payment at a time. */
export const billingService: ServiceDefinition<BillingSettings> = {
  name: 'billing',
  module: BillingModule,
  entities: [
    ...[Bill, BillRefund, Meter, MeterMonth, SavedMeter, Tariff, TariffVersion],
    ...[MeterAlerts, MeterSeries],
    ...[MeterKeys, Vend, VendingKey, VendProposal, VendTokenRow],
    ...[VoucherBatch, Voucher, Redemption],
  ],
  migrations: [
    BillingTables1700000000001,
    BillRefunds1700000000100,
    Meters1700000000200,
    VendTables1700000000300,
    TakenAndIssued1700000000400,
    VoucherTables1700000001200,
    Consumption1700000003300,
    TokenFingerprints1760000000100,
  ],
  settings: billingSettings,
  refuse: refuseSettings,
  tidyUp: ({ dataSource, clock }) => forgetAttempts(dataSource, clock.now()),
  beforeReady: refuseTestKeys,
  seedDemo: async (_app, { requests, clock, settings }) => {
    await seedDemoMeters(requests, clock, settings.CURRENCY);
    await seedDemoKeys(requests, settings.TOKEN_SECRET);
  },
};
