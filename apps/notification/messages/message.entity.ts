import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { Template } from '../templates/sms-templates.rules.js';
import type { MessageState } from './message.machine.js';

/** One SMS to one person. There is at most one for an event, a person and a template. */
@Entity('messages')
export class MessageRow {
  /** Also the reference of the call that sends it. */
  @PrimaryColumn('uuid') id!: string;
  @Column('uuid', { name: 'event_id' }) eventId!: string;
  @Column('uuid', { name: 'user_id' }) userId!: string;
  @Column('text') template!: Template;
  /** The text, sealed: some texts are worth money. Empty once it was erased. */
  @Column('text') body!: string;
  @Column('text') state!: MessageState;
  /** Twilio's id, once it is known that Twilio has it. */
  @Column('text', { nullable: true }) sid!: string | null;
  @Column('int', { nullable: true }) segments!: number | null;
  /** Why it failed: Twilio's error code, or ours. */
  @Column('text', { name: 'error_code', nullable: true }) errorCode!: string | null;
  @Column('text', { name: 'correlation_id' }) correlationId!: string;
  /** When it was last about to be handed to Twilio; null before the first time. */
  @Column('timestamptz', { name: 'attempted_at', nullable: true }) attemptedAt!: Date | null;
  /** When Twilio is asked what became of it, because no report came; null when nobody asks. */
  @Column('timestamptz', { name: 'poll_at', nullable: true }) pollAt!: Date | null;
  @Column('int') polls!: number;
  @Column('timestamptz', { name: 'created_at' }) createdAt!: Date;
  @Column('timestamptz', { name: 'updated_at' }) updatedAt!: Date;
}
