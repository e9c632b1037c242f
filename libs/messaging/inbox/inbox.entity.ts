import { Column, Entity, PrimaryColumn } from 'typeorm';

export type InboxState =
  /** Handled; its effects are committed. */
  | 'done'
  /** Failed, to be tried again at `nextAt`. */
  | 'retry'
  /** Given up; an operator retries or discards it. */
  | 'dead'
  /** An operator decided that it shall have no effect. */
  | 'discarded';

/** What happened to an event that failed. `decision` is the id of an operator's decision, `by` the operator. */
export type Happened =
  | { at: string; what: 'failed'; error: string }
  | { at: string; what: 'retried'; decision: string; by: string }
  | { at: string; what: 'discarded'; decision: string; by: string; reason: string };

/** An event that this service has received. The key is the event's id alone: it is what deduplicates. */
@Entity('inbox')
export class InboxRow {
  @PrimaryColumn('uuid', { name: 'event_id' }) eventId!: string;
  @Column('text') type!: string;
  @Column('timestamptz', { name: 'received_at' }) receivedAt!: Date;
  @Column('text') state!: InboxState;
  @Column('int') attempts!: number;
  @Column('timestamptz', { name: 'next_at', nullable: true }) nextAt!: Date | null;
  @Column('text', { nullable: true }) error!: string | null;
  /** Kept for what failed, so that it can be handled later. */
  @Column('text', { nullable: true }) envelope!: string | null;
  /** Oldest first; null when nothing ever failed. */
  @Column('jsonb', { nullable: true }) history!: Happened[] | null;
}
