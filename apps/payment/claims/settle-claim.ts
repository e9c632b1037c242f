import { Injectable } from '@nestjs/common';
import type { ClaimSettlement } from '#contracts';
import type { Tx } from '#messaging';
import { UnitOfWork, type WorkContext } from '#persistence';
import { Payment } from '../payments/payment.entity.js';
import { RequestKey } from '../requests/request-key.entity.js';

/**
 * Answers billing's question about a claim that is old. When the payment was never stored, its keys are
 * marked under the lock that storing it needs: the answer `none` stays true.
 */
@Injectable()
export class SettleClaim {
  constructor(private readonly work: UnitOfWork<Tx>) {}

  run(context: WorkContext, paymentId: string): Promise<ClaimSettlement> {
    return this.work.run(context, async (tx) => {
      const keys = await tx.query<{ id: string }>('SELECT id FROM request_keys WHERE payment_id = $1', [
        paymentId,
      ]);
      const rows = await Promise.all(keys.map(({ id }) => tx.get(RequestKey, id)));
      const payment = await tx.load(Payment, paymentId);
      if (payment) return { state: payment.status };
      for (const row of rows) if (row.paymentId === paymentId) tx.set(row, { abandoned: true });
      return { state: 'none' };
    });
  }
}
