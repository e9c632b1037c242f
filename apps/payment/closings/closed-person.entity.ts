import { Column, Entity, PrimaryColumn } from 'typeorm';

/** A person whose account is deleted, or about to be: no payment of theirs, or to them, is accepted. */
@Entity('closed_people')
export class ClosedPerson {
  @PrimaryColumn('uuid', { name: 'user_id' }) userId!: string;
  /** The gateway's try to delete the account; ids rise, so that an older one which comes late is known by it. */
  @Column('uuid', { name: 'closing_id' }) closingId!: string;
  @Column('boolean', { name: 'is_closed' }) isClosed!: boolean;
}
