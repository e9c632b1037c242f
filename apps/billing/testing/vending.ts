import { VendRequested } from '#contracts';
import { newId } from '#kernel';
import { type Json, type TestService } from '#testing';
import { buildDecoderKey, type DecoderKey } from '#tokens';
import { seal, type RunningService } from '#service-host';
import type { BillingSettings } from '../billing-settings.js';
import { TEST_KEY } from '../vends/seed-demo-keys.js';

export const METER = '04987654326';
const VENDING_KEY = 'abababababababab949494949494949401234567';

/** What the meter itself has: with it the test reads tokens as the meter does. */
export function decoderOf(meterNumber: string, key = TEST_KEY, vendingKeyHex = VENDING_KEY): DecoderKey {
  const decoder = buildDecoderKey({ drn: meterNumber, ...key, vendingKeyHex } as never);
  if (!decoder.ok) throw new Error(decoder.reason);
  return decoder.value;
}

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
    const claim = { paymentId, payerId };
    const { status } = await this.billing
      .asService('payment')
      .put(`/internal/bills/${verified.body.id}/claim`, claim);
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
    const { settings } = (this.billing.running as RunningService<BillingSettings>).parts;
    await this.billing.database.rows('INSERT INTO billing.vending_keys VALUES ($1, $2, true)', [
      id,
      seal(hex, settings.TOKEN_SECRET, 'vending key'),
    ]);
  }
}
