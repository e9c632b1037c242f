import {
  type Envelope,
  type EventDefinition,
  FundsCollected,
  PaymentCompleted,
  PaymentFailed,
  PaymentInitiated,
  type PayloadOf,
} from '#contracts';
import { newId, numberFor } from '#kernel';

export type Payment = PayloadOf<typeof PaymentInitiated>;

interface Bus {
  publish<E extends EventDefinition>(
    event: E,
    subject: string,
    payload: PayloadOf<E>,
  ): Promise<Envelope<PayloadOf<E>>>;
}

/** A payment as the payment service would describe it; by default a bill of 50.00, paid from the wallet. */
export function aPayment(rest: Partial<Omit<Payment, 'amount'>> & { amount?: string } = {}): Payment {
  const paymentId = newId();
  const { amount = '50.00', ...others } = rest;
  return {
    paymentId,
    reference: numberFor('P', paymentId),
    purpose: 'bill',
    method: 'wallet',
    payerId: newId(),
    title: 'Bill B-7K3Q9ZPX4M2D',
    ...others,
    amount: { amount, currency: 'NGN' },
  };
}

export const aTopUp = (payerId: string, amount: string) =>
  aPayment({ purpose: 'top_up', method: 'sandbox', payerId, amount, title: 'Wallet top-up' });

export const aTransfer = (payerId: string, payeeId: string, amount: string, note?: string) =>
  aPayment({ purpose: 'transfer', payerId, payeeId, amount, title: 'Transfer to +234•••••0001', note });

/** Plays the payment service. Every call is a new event, also for a payment that had the same one before. */
export class PlayedPayments {
  constructor(private readonly bus: Bus) {}

  initiate = (payment: Payment) => this.bus.publish(PaymentInitiated, payment.paymentId, payment);

  collect = (payment: Payment) =>
    this.bus.publish(FundsCollected, payment.paymentId, { ...payment, provider: 'sandbox' });

  complete = (payment: Payment) => this.bus.publish(PaymentCompleted, payment.paymentId, completed(payment));

  fail = (payment: Payment) =>
    this.bus.publish(PaymentFailed, payment.paymentId, { ...payment, code: 'declined', reason: 'Declined.' });

  /** Money that somebody has. */
  async topUp(ownerId: string, amount: string): Promise<Payment> {
    const payment = aTopUp(ownerId, amount);
    await this.collect(payment);
    await this.complete(payment);
    return payment;
  }
}

export function completed(payment: Payment): PayloadOf<typeof PaymentCompleted> {
  return { ...payment, receiptNumber: 'R-7K3Q9ZPX4M2D', completedAt: '2026-11-21T08:00:00.000Z' };
}
