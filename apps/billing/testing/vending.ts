import { VendRequested } from '#contracts';
import { newId } from '#kernel';
import { seal } from '#service-host';
import type { Json, TestService } from '#testing';
import type { BillingSettings } from '../billing-settings.js';
import { claimBill } from './claim-bill.js';

/** Of the demo. */
export const METER = '04987654326';

export interface Purchase {
  paymentId: string;
  payerId: string;
  bill: Json;
}

/** A quoted bill, promised to a payment whose money is held; then its vend is requested. */
export class Vending {
  constructor(readonly billing: TestService<BillingSettings>) {}

  async claimed(meterNumber = METER, amount = '1000.00'): Promise<Purchase> {
    const payerId = newId();
    const verified = await this.billing.as(payerId).post('/api/electricity/verify', { meterNumber, amount });
    if (verified.status !== 201) throw new Error(JSON.stringify(verified.body));
    const paymentId = newId();
    const claim = { billId: verified.body.id, paymentId, payerId };
    const { status } = await claimBill(this.billing.asService('payment'), claim);
    if (status !== 200) throw new Error(`claim: ${status}`);
    return { paymentId, payerId, bill: verified.body };
  }

  request({ paymentId, payerId, bill }: Purchase) {
    const { id: billId, amount, meter } = bill;
    const facts = { paymentId, billId, payerId, meterNumber: meter.number, amount };
    return this.billing.publish(VendRequested, paymentId, facts);
  }

  async buy(meterNumber = METER, amount = '1000.00'): Promise<Purchase> {
    const purchase = await this.claimed(meterNumber, amount);
    await this.request(purchase);
    return purchase;
  }

  async details({ paymentId }: Purchase): Promise<Json> {
    return (await this.billing.asService('payment').get(`/internal/vends/${paymentId}`)).body;
  }

  /** Puts a key of the test's into the database, sealed as an operator's would be. */
  async addVendingKey(id: string, hex: string): Promise<void> {
    const { settings } = this.billing.running.parts;
    await this.billing.database.rows('INSERT INTO billing.vending_keys VALUES ($1, $2, true)', [
      id,
      seal(hex, settings.TOKEN_SECRET, 'vending key'),
    ]);
  }
}
