import { Column, Entity, PrimaryColumn } from 'typeorm';

/** How a person is reached. Name and phone stay sealed as they came; they are opened only to send. */
@Entity('contacts')
export class ContactRow {
  @PrimaryColumn('uuid', { name: 'user_id' }) userId!: string;
  @Column('text', { name: 'sealed_contact' }) sealedContact!: string;
  @Column('text') language!: string;
  @Column('timestamptz', { name: 'created_at' }) createdAt!: Date;
}
