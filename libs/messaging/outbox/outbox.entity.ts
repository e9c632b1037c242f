import { Column, Entity, PrimaryColumn } from 'typeorm';

/** An event that was decided in the transaction which wrote this row, and whether the bus has it. */
@Entity('outbox')
export class OutboxRow {
  /** The event's id. */
  @PrimaryColumn('uuid') id!: string;
  /** The event's name, and its routing key. */
  @Column('text') name!: string;
  /** The envelope as JSON text, exactly as it is sent. */
  @Column('text') envelope!: string;
  @Column('timestamptz', { name: 'created_at' }) createdAt!: Date;
  /** Until then the process that wrote the row publishes it from memory; afterwards any sweep does. */
  @Column('timestamptz', { name: 'relay_after' }) relayAfter!: Date;
  @Column('timestamptz', { name: 'published_at', nullable: true }) publishedAt!: Date | null;
}
