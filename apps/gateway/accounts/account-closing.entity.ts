import { Column, Entity, PrimaryColumn } from 'typeorm';

/** closing: the services are being asked. reopening: it was refused, and payments will be taken again. */
export type ClosingState = 'closing' | 'reopening' | 'reopened' | 'closed';

/** The last try to delete an account. Of a deleted account this row is all that stays here: an id. */
@Entity('account_closings')
export class AccountClosing {
  @PrimaryColumn('uuid', { name: 'user_id' }) userId!: string;
  /** Names the try; ids rise, so that an older try which arrives late is known by it. */
  @Column('uuid', { name: 'closing_id' }) closingId!: string;
  @Column('text') state!: ClosingState;
  @Column('timestamptz') since!: Date;
}
