import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { Currency, MoneyJson } from '#kernel';
import type { BillStatus } from './bill.machine.js';

export type BillKind = 'bill' | 'electricity';

/** What an electricity bill promises for its amount, as it was shown to the customer. */
export interface Quote {
  /** `name` is masked: the holder recognises it, a stranger does not learn it. */
  meter: { number: string; name: string; area: string; tariff: string };
  units: { kwh: string };
  /** Adds up to the amount of the bill. */
  breakdown: { label: string; amount: MoneyJson }[];
}

/** What a customer owes, and to which payment it is promised. */
@Entity('bills')
export class Bill {
  @PrimaryColumn('uuid') id!: string;
  @Column('text') number!: string;
  @Column('text') kind!: BillKind;
  @Column('uuid', { name: 'customer_id' }) customerId!: string;
  /** Who made it: an operator, or the customer for themselves. */
  @Column('uuid', { name: 'issued_by' }) issuedBy!: string;
  /** Minor units. */
  @Column('bigint') amount!: bigint;
  @Column('text') currency!: Currency;
  /** The last day on which it is not overdue, `2026-11-21` in TIME_ZONE. */
  @Column('date', { name: 'due_date' }) dueDate!: string;
  @Column('text', { nullable: true }) description!: string | null;
  @Column('text', { name: 'meter_number', nullable: true }) meterNumber!: string | null;
  @Column('text') status!: BillStatus;
  /** The payment under way. While it is set, the bill is neither changed nor cancelled nor promised to another. */
  @Column('uuid', { name: 'claimed_by', nullable: true }) claimedBy!: string | null;
  @Column('timestamptz', { name: 'claimed_at', nullable: true }) claimedAt!: Date | null;
  /** The payment that paid it. */
  @Column('uuid', { name: 'payment_id', nullable: true }) paymentId!: string | null;
  @Column('timestamptz', { name: 'paid_at', nullable: true }) paidAt!: Date | null;
  @Column('jsonb', { nullable: true }) quote!: Quote | null;
  /** From then on no payment may claim it. Quotes expire, other bills do not. */
  @Column('timestamptz', { name: 'expires_at', nullable: true }) expiresAt!: Date | null;
  @Column('timestamptz', { name: 'created_at' }) createdAt!: Date;
}
