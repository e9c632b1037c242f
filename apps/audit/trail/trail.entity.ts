import { Column, Entity, PrimaryColumn } from 'typeorm';

/** One event, as it was heard. Rows are only ever added. */
@Entity('trail')
export class TrailRow {
  @PrimaryColumn('bigint') seq!: bigint;
  @Column('uuid', { name: 'event_id' }) eventId!: string;
  @Column('text') type!: string;
  @Column('text') subject!: string;
  @Column('text', { name: 'correlation_id' }) correlationId!: string;
  /** When the event happened, by its owner's clock. */
  @Column('timestamptz') at!: Date;
  @Column('text') envelope!: string;
  /** SHA-256 over the hash of the row before and this envelope. */
  @Column('text') hash!: string;
}
