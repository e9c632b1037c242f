import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { Subscribed } from './webhook-events.rules.js';

/** Where a partner wants to be told of events. */
@Entity('webhook_endpoints')
export class WebhookEndpointRow {
  @PrimaryColumn('uuid') id!: string;
  @Column('uuid', { name: 'owner_id' }) ownerId!: string;
  /** Gets the events of everybody, not only its owner's; an operator's alone. */
  @Column('boolean') everybodys!: boolean;
  @Column('text') url!: string;
  @Column('jsonb') events!: Subscribed[];
  @Column('text', { nullable: true }) description!: string | null;
  /** Nothing is sent to a disabled one, and nothing new is kept for it. */
  @Column('text') state!: 'enabled' | 'disabled';
  /** It said 410, or failed through a whole schedule. */
  @Column('text', { name: 'disabled_why', nullable: true }) disabledWhy!: 'gone' | 'failing' | null;
  @Column('text', { name: 'sealed_secret' }) sealedSecret!: string;
  /** Signs too until `oldSecretUntil`. */
  @Column('text', { name: 'sealed_old_secret', nullable: true }) sealedOldSecret!: string | null;
  @Column('timestamptz', { name: 'old_secret_until', nullable: true }) oldSecretUntil!: Date | null;
  /** Failed attempts since the last success. */
  @Column('int') failures!: number;
  /** It asked us to slow down. */
  @Column('timestamptz', { name: 'paused_until', nullable: true }) pausedUntil!: Date | null;
  /** The last success, or one at most a minute older. */
  @Column('timestamptz', { name: 'succeeded_at', nullable: true }) succeededAt!: Date | null;
  @Column('timestamptz', { name: 'created_at' }) createdAt!: Date;
}
