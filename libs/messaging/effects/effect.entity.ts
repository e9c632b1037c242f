import { Column, Entity, PrimaryColumn } from 'typeorm';

export type EffectState =
  /** Taken on by a process that is about to make the call. Found here after a restart, its outcome is unknown. */
  | 'started'
  /** Proven not to have happened; performed again at `nextAt`. */
  | 'scheduled'
  /** Asked for at `nextAt`. */
  | 'unknown'
  | 'done';

/** A call to the outside that was decided: the intent is stored before the call is made. */
@Entity('effects')
export class EffectRow {
  @PrimaryColumn('uuid') reference!: string;
  @Column('text') kind!: string;
  /** JSON text, readable by the effect that wrote it. */
  @Column('text') command!: string;
  @Column('text') state!: EffectState;
  @Column('int') attempts!: number;
  /** How often an unknown outcome was asked for. */
  @Column('int') questions!: number;
  @Column('timestamptz', { name: 'next_at' }) nextAt!: Date;
  @Column('text', { nullable: true }) error!: string | null;
  @Column('timestamptz', { name: 'created_at' }) createdAt!: Date;
  @Column('text', { name: 'correlation_id' }) correlationId!: string;
  @Column('uuid', { name: 'causation_id', nullable: true }) causationId!: string | null;
}
