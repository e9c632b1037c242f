import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { PaymentRefunded, type RefundPayment as RefundOrder } from '#contracts';
import { isId, type Money, ok, Problem, refuse, type Result } from '#kernel';
import type { Tx } from '#messaging';
import { UnitOfWork, type WorkContext } from '#persistence';
import { amountOf, factsOf, Payment } from '../payments/payment.entity.js';
import { paymentMachine } from '../payments/payment.machine.js';
import { whyNotRefundable } from './refund.rules.js';

/** Gives a paid payment back: the wallet moves the money and billing reopens the bill when they hear of it. */
@Injectable()
export class RefundPayment {
  constructor(
    private readonly work: UnitOfWork<Tx>,
    private readonly dataSource: DataSource,
  ) {}

  /** What would be given back. Refusals: not_found, payment_not_refundable. */
  async look(id: string): Promise<Result<Money>> {
    const payment = isId(id) && (await this.dataSource.getRepository(Payment).findOneBy({ id }));
    if (!payment) return refuse(new Problem('not_found'));
    const problem = whyNotRefundable(payment);
    return problem ? refuse(problem) : ok(amountOf(payment));
  }

  /** Once per decision. Refusals: not_found, payment_not_refundable. */
  async run(id: string, { decisionId, reason }: RefundOrder, context: WorkContext): Promise<Result<void>> {
    if (!isId(id)) return refuse(new Problem('not_found'));
    return this.work.run(context, async (tx) => {
      const payment = await tx.load(Payment, id);
      if (!payment) return refuse(new Problem('not_found'));
      if (payment.refundDecision === decisionId) return ok(undefined);
      const problem = whyNotRefundable(payment);
      if (problem) return refuse(problem);
      tx.set(payment, {
        status: paymentMachine.move(payment.status, 'REFUNDED'),
        refundedAt: tx.now,
        refundReason: reason,
        refundDecision: decisionId,
      });
      const refundedAt = tx.now.toISOString();
      tx.publish(PaymentRefunded, id, { ...factsOf(payment), reason, refundedAt, decisionId });
      return ok(undefined);
    });
  }
}
