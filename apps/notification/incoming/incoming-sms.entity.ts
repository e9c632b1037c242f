import { Column, Entity, PrimaryColumn } from 'typeorm';

/** That an SMS came in, so that what is delivered twice is answered once. Its text is kept nowhere. */
@Entity('incoming_sms')
export class IncomingSms {
  /** Twilio's MessageSid. */
  @PrimaryColumn('text') sid!: string;
  @Column('timestamptz', { name: 'received_at' }) receivedAt!: Date;
}

/** How often a phone was answered. The phone is a keyed hash: whose it is cannot be read here. */
@Entity('sms_senders')
export class SmsSender {
  @PrimaryColumn('text') phone!: string;
  @Column('int') answers!: number;
  @Column('timestamptz') since!: Date;
  @Column('timestamptz', { name: 'helped_at', nullable: true }) helpedAt!: Date | null;
}
