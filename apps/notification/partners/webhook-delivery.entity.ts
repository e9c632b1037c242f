import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { DeliveryState } from './webhook-delivery.machine.js';
import type { WebhookType } from './webhook-events.rules.js';

/** One event for one endpoint; there is never a second one. */
@Entity('webhook_deliveries')
export class WebhookDeliveryRow {
  @PrimaryColumn('uuid') id!: string;
  @Column('uuid', { name: 'endpoint_id' }) endpointId!: string;
  /** Also the `webhook-id`, the same on every attempt. */
  @Column('uuid', { name: 'event_id' }) eventId!: string;
  @Column('text') type!: WebhookType;
  /** The bytes that are signed and sent. */
  @Column('text') body!: string;
  @Column('text') state!: DeliveryState;
  /** All that were begun, replays included. */
  @Column('int') attempts!: number;
  /** How far it is in the schedule; a replay starts anew. */
  @Column('int') step!: number;
  /** Of the next attempt; while one is under way, when another process may take it over. */
  @Column('timestamptz', { name: 'next_at' }) nextAt!: Date;
  @Column('int', { name: 'last_status', nullable: true }) lastStatus!: number | null;
  /** The first kilobyte of the last answer. */
  @Column('text', { name: 'last_answer', nullable: true }) lastAnswer!: string | null;
  /** Why there was no answer, in our words. */
  @Column('text', { name: 'last_error', nullable: true }) lastError!: string | null;
  @Column('text', { name: 'correlation_id' }) correlationId!: string;
  @Column('timestamptz', { name: 'created_at' }) createdAt!: Date;
  @Column('timestamptz', { name: 'ended_at', nullable: true }) endedAt!: Date | null;
}
