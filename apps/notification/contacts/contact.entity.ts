import { Column, Entity, PrimaryColumn } from 'typeorm';

/** How a person is reached. Name and phone stay sealed as they came; they are opened only to send. */
@Entity('contacts')
export class ContactRow {
  @PrimaryColumn('uuid', { name: 'user_id' }) userId!: string;
  @Column('text', { name: 'sealed_contact' }) sealedContact!: string;
  /** What opens it, from the gateway; null until the first SMS, and once it is erased. */
  @Column('text', { name: 'contact_key', nullable: true }) contactKey!: string | null;
  /** The account was deleted, and nothing is to be known or sent any more. */
  @Column('timestamptz', { name: 'erased_at', nullable: true }) erasedAt!: Date | null;
  @Column('text') language!: string;
  /** Which kinds of events the person wants to be told of. */
  @Column('boolean', { name: 'tell_bills' }) tellBills!: boolean;
  @Column('boolean', { name: 'tell_payments' }) tellPayments!: boolean;
  @Column('boolean', { name: 'tell_wallet' }) tellWallet!: boolean;
  /** The person has sent STOP: Twilio refuses every SMS to them. */
  @Column('timestamptz', { name: 'opted_out_at', nullable: true }) optedOutAt!: Date | null;
  /** The event that this was taken from. Ids rise with time, so an older event that comes later is known by it. */
  @Column('uuid', { name: 'as_of_event' }) asOfEvent!: string;
}
