import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { Quantity } from '#contracts';
import type { Currency, MoneyJson } from '#kernel';
import type { LineKind } from '../tariffs/price.rules.js';
import type { BillStatus } from './bill.machine.js';

export type BillKind = 'bill' | 'electricity' | 'vouchers';

export interface QuoteLine {
  kind: LineKind;
  label: string;
  amount: MoneyJson;
  /** Of an energy line. */
  kwh?: string;
  /** Of a line of time. */
  days?: number;
  /** Major units for a kilowatt-hour or a day, without VAT and levies; it may have more decimals than the currency. */
  unitPrice?: string;
  /** Of a debt, after this purchase. */
  remaining?: MoneyJson;
}

/** Why the same money buys less than the last time. */
export interface Difference {
  previous: { billId: string; amount: MoneyJson; units: Quantity };
  /** The reasons in one text. */
  text: string;
  reasons: { code: string; text: string }[];
}

/** What an electricity bill promises for its amount, as it was shown to the customer: the lines of the receipt. */
export interface Quote {
  /** `name` is masked: the holder recognises it, a stranger does not learn it. */
  meter: { number: string; name: string; area: string; tariff: string };
  /** `demo-residential@2026-11-01`: the prices that were used. */
  tariffVersion: string;
  units: Quantity;
  /** Adds up to the amount of the bill. */
  breakdown: QuoteLine[];
  difference?: Difference;
}

/** What a quote's price starts from and what its bill takes from the meter's month; numbers as decimal text. */
export interface QuoteBasis {
  timeZone: string;
  /** `2026-11` */
  month: string;
  wattHours: string;
  /** Watt-hours of the month before this purchase; null when the price does not depend on them. */
  boughtWh: string | null;
  /** The months whose fixed charge it pays. */
  fixedMonths: string[];
  /** The debt before this purchase; null when the tariff takes none. */
  arrears: string | null;
  arrearsTaken: string;
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
  @Column('jsonb', { nullable: true }) basis!: QuoteBasis | null;
  /** What its claim really took off the meter's debt, in minor units; null while it holds nothing. */
  @Column('bigint', { name: 'arrears_taken', nullable: true }) arrearsTaken!: bigint | null;
  /** From then on no payment may claim it. Quotes expire, other bills do not. */
  @Column('timestamptz', { name: 'expires_at', nullable: true }) expiresAt!: Date | null;
  @Column('timestamptz', { name: 'created_at' }) createdAt!: Date;
}
