import { Column, Entity, PrimaryColumn } from 'typeorm';
import { type Currency, Energy, Money } from '#kernel';
import type { Quote, QuoteBasis } from '../bills/bill.entity.js';
import type { BatchState, RedemptionState, VoucherState } from './voucher.machine.js';

/** `grant`: given by operators, free of charge. `payment`: paid from its owner's wallet. */
export type Funding = 'grant' | 'payment';

/** Vouchers that were made together, all of one value. */
@Entity('voucher_batches')
export class VoucherBatch {
  /** One that is paid has the id of its bill. */
  @PrimaryColumn('uuid') id!: string;
  /** Who made it; what nobody redeems goes back to the wallet of whoever paid. */
  @Column('uuid', { name: 'owner_id' }) ownerId!: string;
  @Column('text') funding!: Funding;
  @Column('text') state!: BatchState;
  @Column('int') count!: number;
  /** Minor units of one voucher; zero when it is worth energy. */
  @Column('bigint') amount!: bigint;
  @Column('text') currency!: Currency;
  /** Of one voucher; null when it is worth money. */
  @Column('bigint', { name: 'watt_hours', nullable: true }) wattHours!: bigint | null;
  /** The last day on which they can be redeemed, in TIME_ZONE. */
  @Column('date', { name: 'expires_on' }) expiresOn!: string;
  @Column('text') reason!: string;
  /** For meters of this utility alone. */
  @Column('text', { nullable: true }) utility!: string | null;
  /** The second operator, of a grant above the limit. */
  @Column('uuid', { name: 'approved_by', nullable: true }) approvedBy!: string | null;
  /** When the codes that are good now were made. */
  @Column('timestamptz', { name: 'codes_made_at', nullable: true }) codesMadeAt!: Date | null;
  @Column('timestamptz', { name: 'created_at' }) createdAt!: Date;
}

/** One voucher. Its code is nowhere: whoever reads the table cannot redeem it. */
@Entity('vouchers')
export class Voucher {
  @PrimaryColumn('uuid') id!: string;
  @Column('uuid', { name: 'batch_id' }) batchId!: string;
  /** Its number on the sheet, from 1. */
  @Column('int') serial!: number;
  /** An HMAC of the code; null before there is one. */
  @Column('text', { name: 'code_hash', nullable: true }) codeHash!: string | null;
  @Column('text') state!: VoucherState;
  /** The redemption that has it. */
  @Column('uuid', { name: 'redemption_id', nullable: true }) redemptionId!: string | null;
  /** Why it is void. */
  @Column('text', { name: 'void_reason', nullable: true }) voidReason!: string | null;
  @Column('timestamptz', { name: 'ended_at', nullable: true }) endedAt!: Date | null;
}

/** One try to redeem a voucher. It has the id of its vend: there is one at most. */
@Entity('voucher_redemptions')
export class Redemption {
  @PrimaryColumn('uuid') id!: string;
  @Column('uuid', { name: 'voucher_id' }) voucherId!: string;
  @Column('uuid', { name: 'redeemer_id' }) redeemerId!: string;
  @Column('text', { name: 'meter_number' }) meterNumber!: string;
  @Column('text') state!: RedemptionState;
  /** What its money buys, as a purchase would; null for a voucher of energy. */
  @Column('jsonb', { nullable: true }) quote!: Quote | null;
  @Column('jsonb', { nullable: true }) basis!: QuoteBasis | null;
  /** What it took off the meter's debt, while it has it. */
  @Column('bigint', { name: 'arrears_taken', nullable: true }) arrearsTaken!: bigint | null;
  @Column('timestamptz') at!: Date;
}

/** What one voucher of a batch is worth in money; zero for one of energy, which has no price. */
export function valueOf({ amount, currency }: Pick<VoucherBatch, 'amount' | 'currency'>): Money {
  return Money.ofMinor(amount, currency);
}

export function totalOf(
  { amount, currency }: Pick<VoucherBatch, 'amount' | 'currency'>,
  count: number,
): Money {
  return Money.ofMinor(amount * BigInt(count), currency);
}

/** `NGN 500.00`, `5 kWh` */
export function worthOf(batch: Pick<VoucherBatch, 'amount' | 'currency' | 'wattHours'>): string {
  return batch.wattHours === null
    ? valueOf(batch).toString()
    : `${Energy.ofWattHours(batch.wattHours).kwh} kWh`;
}
