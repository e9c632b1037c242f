import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { Currency } from '#kernel';

export type TransferKind =
  /** Collected by a provider to fill the wallet. */
  | 'top_up'
  /** Collected by a provider for a payment of something else. */
  | 'collected'
  /** Taken for a bill. */
  | 'capture'
  /** From one wallet to another. */
  | 'transfer'
  /** What was captured, given back. */
  | 'refund'
  /** Put right by operators. */
  | 'adjustment'
  /** Set aside for vouchers that operators gave. */
  | 'voucher_grant'
  /** A voucher became a bill that was paid. */
  | 'voucher_redeemed'
  /** Of vouchers that nobody redeemed, back to the grants. */
  | 'voucher_release'
  /** The same, to the wallet that paid for them. */
  | 'voucher_return';

/**
 * One movement of money. It names both sides, so it cannot be unbalanced. It is never changed: corrections
 * are new transfers. The transfers of one journal happened for one reason, together.
 */
@Entity('transfers')
export class Transfer {
  @PrimaryColumn('uuid') id!: string;
  @Column('uuid', { name: 'journal_id' }) journalId!: string;
  @Column('text', { name: 'debit_account' }) debitAccount!: string;
  @Column('text', { name: 'credit_account' }) creditAccount!: string;
  /** Minor units, above zero. */
  @Column('bigint') amount!: bigint;
  @Column('text') currency!: Currency;
  @Column('text') kind!: TransferKind;
  /** The payment behind it, the operators' decision, or the vouchers: a batch that was given, one that was redeemed, a release. */
  @Column('uuid', { name: 'payment_id', nullable: true }) paymentId!: string | null;
  @Column('uuid', { name: 'adjustment_id', nullable: true }) adjustmentId!: string | null;
  @Column('uuid', { name: 'voucher_id', nullable: true }) voucherId!: string | null;
  @Column('text', { nullable: true }) note!: string | null;
  @Column('timestamptz') at!: Date;
}
