import { Column, Entity, PrimaryColumn } from 'typeorm';

/** The code with which a person may set a new password. There is one at most; a new one takes its place. */
@Entity('password_resets')
export class PasswordReset {
  @PrimaryColumn('uuid', { name: 'user_id' }) userId!: string;
  /** HMAC-SHA256 under our secret: six digits alone could be guessed from any hash. Null once it was used. */
  @Column('text', { name: 'code_hash', nullable: true }) codeHash!: string | null;
  @Column('timestamptz', { name: 'expires_at' }) expiresAt!: Date;
  /** How often this code was guessed wrong. */
  @Column('int') tries!: number;
  /** When codes were sent in the last hour, ISO 8601. */
  @Column('jsonb') sends!: string[];
}
