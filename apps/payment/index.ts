import type { ServiceDefinition } from '#service-host';
import { ClosedPeople1700000000010 } from './closings/closed-people.migration.js';
import { ClosedPerson } from './closings/closed-person.entity.js';
import { PaymentModule } from './payment.module.js';
import { paymentSettings, type PaymentSettings } from './payment-settings.js';
import { PaymentTables1700000000001 } from './payment-tables.migration.js';
import { Payment } from './payments/payment.entity.js';
import { RefundColumns1700000000100 } from './refunds/refund-columns.migration.js';
import { InsteadOf1700000000110 } from './requests/instead-of.migration.js';
import { RequestKey } from './requests/request-key.entity.js';
import { VendColumns1700000000200 } from './vends/vend-columns.migration.js';

/** Accepts payments once, and takes each through its states. */
export const paymentService: ServiceDefinition<PaymentSettings> = {
  name: 'payment',
  module: PaymentModule,
  entities: [Payment, RequestKey, ClosedPerson],
  migrations: [
    PaymentTables1700000000001,
    ClosedPeople1700000000010,
    RefundColumns1700000000100,
    InsteadOf1700000000110,
    VendColumns1700000000200,
  ],
  settings: paymentSettings,
};

export { paymentMachine } from './payments/payment.machine.js';
