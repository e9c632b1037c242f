import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { Currency } from '#kernel';

/** A correction of a wallet that operators decided, and how it ended. Told twice, it ends the same way. */
@Entity('adjustments')
export class Adjustment {
  /** The decision's id. */
  @PrimaryColumn('uuid') id!: string;
  @Column('uuid', { name: 'wallet_id' }) walletId!: string;
  /** Minor units, signed. */
  @Column('bigint') amount!: bigint;
  @Column('text') currency!: Currency;
  @Column('text') reason!: string;
  @Column('text') state!: 'done' | 'refused';
  @Column('timestamptz') at!: Date;
}
