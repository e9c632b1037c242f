import { Controller } from '@nestjs/common';
import { VendRequested } from '#contracts';
import { Consumes, type EventOf, PermanentError, type Tx } from '#messaging';
import { Bill } from '../bills/bill.entity.js';
import { promisedBy } from './quoted-units.rules.js';
import { RequestVend } from './request-vend.js';

@Controller()
export class OnVendRequested {
  constructor(private readonly requestVend: RequestVend) {}

  /** The quote says how much; a bill that is not this payment's, or was not quoted, is a matter for operators. */
  @Consumes(VendRequested)
  async vend({ data }: EventOf<typeof VendRequested>, tx: Tx): Promise<void> {
    const { paymentId, billId, payerId, meterNumber } = data;
    const bill = await tx.load(Bill, billId);
    const isTheirs = bill && (bill.claimedBy === paymentId || bill.paymentId === paymentId);
    if (!isTheirs || !bill.quote || bill.meterNumber !== meterNumber) {
      throw new PermanentError(`payment ${paymentId} has no quoted bill ${billId} for a meter`);
    }
    const { amount, currency } = bill;
    const what = { ownerId: payerId, meterNumber, amount, currency, ...promisedBy(bill.quote.units) };
    await this.requestVend.run({ id: paymentId, cause: 'payment', billId, ...what }, tx);
  }
}
