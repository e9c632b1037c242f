import { Column, Entity, PrimaryColumn } from 'typeorm';

/** The end of the chain; whoever appends holds its lock. */
@Entity('chain_head')
export class ChainHead {
  @PrimaryColumn('text') id!: string;
  @Column('bigint') seq!: bigint;
  @Column('text') hash!: string;
}
