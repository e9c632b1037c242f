import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { ServiceName } from '#contracts';

/** What one operator decided about one death of an event in one service. Whoever decides later finds it. */
@Entity('dead_letter_decisions')
export class DeadLetterDecision {
  /** `<service>:<event id>:<attempts that had failed>`: an event that died again can be decided about again. */
  @PrimaryColumn('text') key!: string;
  @Column('uuid') id!: string;
  @Column('text') service!: ServiceName;
  @Column('uuid', { name: 'event_id' }) eventId!: string;
  @Column('int') attempts!: number;
  @Column('text') action!: 'retry' | 'discard';
  @Column('text', { nullable: true }) reason!: string | null;
  @Column('uuid', { name: 'decided_by' }) decidedBy!: string;
  @Column('timestamptz', { name: 'decided_at' }) decidedAt!: Date;
  /** `told`: the service has acknowledged it. `refused`: the letter was not as it was shown any more. */
  @Column('text') state!: 'decided' | 'told' | 'refused';
}
