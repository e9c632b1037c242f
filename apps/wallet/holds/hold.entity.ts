import { Column, Entity, PrimaryColumn } from 'typeorm';
import { type Currency, Money } from '#kernel';
import type { PaymentFacts } from './payment-facts.js';
import { moneyOf } from './payment-facts.js';
import type { HoldState } from './hold.machine.js';

/** What one payment reserves in its payer's wallet. A payment has one, or none; it is never reserved twice. */
@Entity('holds')
export class Hold {
  /** The payment's id. */
  @PrimaryColumn('uuid') id!: string;
  @Column('uuid', { name: 'wallet_id' }) walletId!: string;
  /** Whose wallet the money goes to, of a transfer. */
  @Column('uuid', { name: 'payee_id', nullable: true }) payeeId!: string | null;
  /** Minor units. */
  @Column('bigint') amount!: bigint;
  @Column('text') currency!: Currency;
  @Column('text') state!: HoldState;
  /** A provider collected this money for the payment: released, it is new in the wallet. */
  @Column('boolean') collected!: boolean;
  @Column('timestamptz', { name: 'placed_at' }) placedAt!: Date;
  @Column('timestamptz', { name: 'closed_at', nullable: true }) closedAt!: Date | null;
}

/** A hold of what a payment costs. Throws `PermanentError` when the event's amount is none. */
export function holdFor(payment: PaymentFacts, now: Date, rest: Partial<Hold> = {}): Hold {
  const { minor, currency } = moneyOf(payment);
  return {
    id: payment.paymentId,
    walletId: payment.payerId,
    payeeId: payment.payeeId ?? null,
    amount: minor,
    currency,
    state: 'held',
    collected: false,
    placedAt: now,
    closedAt: null,
    ...rest,
  };
}

export function amountOf(hold: Hold): Money {
  return Money.ofMinor(hold.amount, hold.currency);
}
