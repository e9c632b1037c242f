import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { Role } from '#service-host';

/** Of what a person is told by SMS. */
export interface NotificationChoices {
  bills: boolean;
  payments: boolean;
  wallet: boolean;
}

/** A person or an institution with an account. The id is also the id of their wallet. */
@Entity('users')
export class UserRow {
  @PrimaryColumn('uuid') id!: string;
  @Column('text') name!: string;
  /** E.164. */
  @Column('text') phone!: string;
  /** argon2id, in the PHC string format. */
  @Column('text', { name: 'password_hash' }) passwordHash!: string;
  /** What opens the person's sealed contact, together with our secret; deleted with the account. Null in old accounts. */
  @Column('text', { name: 'contact_key', nullable: true }) contactKey!: string | null;
  @Column('text', { nullable: true }) email!: string | null;
  @Column('text') role!: Role;
  @Column('text', { name: 'institution_name', nullable: true }) institutionName!: string | null;
  @Column('text') language!: string;
  @Column('jsonb') notifications!: NotificationChoices;
  @Column('timestamptz', { name: 'created_at' }) createdAt!: Date;
  /** Locked by an operator: nobody can sign in. */
  @Column('timestamptz', { name: 'suspended_at', nullable: true }) suspendedAt!: Date | null;
  @Column('text', { name: 'suspended_why', nullable: true }) suspendedWhy!: string | null;
}
