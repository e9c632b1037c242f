import { Column, Entity, PrimaryColumn } from 'typeorm';

export const ENTRY_KINDS = [
  'top_up',
  'collected',
  'capture',
  'transfer_out',
  'transfer_in',
  'refund',
  'adjustment',
  'voucher_return',
] as const;
export type EntryKind = (typeof ENTRY_KINDS)[number];

/** A line of a wallet's statement: one side of a transfer, as the owner sees it. Never changed. */
@Entity('entries')
export class Entry {
  /** Rises within a wallet in the order in which its balance changed. */
  @PrimaryColumn('uuid') id!: string;
  @Column('uuid', { name: 'wallet_id' }) walletId!: string;
  /** Minor units; negative when money left the wallet. */
  @Column('bigint') amount!: bigint;
  @Column('bigint', { name: 'balance_after' }) balanceAfter!: bigint;
  @Column('text') kind!: EntryKind;
  /** The payment behind it, the operators' decision, or the release of vouchers. */
  @Column('uuid', { name: 'payment_id', nullable: true }) paymentId!: string | null;
  @Column('uuid', { name: 'adjustment_id', nullable: true }) adjustmentId!: string | null;
  @Column('uuid', { name: 'voucher_id', nullable: true }) voucherId!: string | null;
  @Column('text', { nullable: true }) note!: string | null;
  @Column('timestamptz') at!: Date;
}
