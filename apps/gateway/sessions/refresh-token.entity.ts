import { Column, Entity, PrimaryColumn } from 'typeorm';

/** A refresh token, known by its hash alone. Used ones are kept, so that a second use is noticed. */
@Entity('refresh_tokens')
export class RefreshTokenRow {
  /** SHA-256 of the token, hex. A token is 256 random bits: no salt and no slow hash is needed. */
  @PrimaryColumn('text') hash!: string;
  @Column('uuid', { name: 'session_id' }) sessionId!: string;
  @Column('timestamptz', { name: 'created_at' }) createdAt!: Date;
  @Column('timestamptz', { name: 'used_at', nullable: true }) usedAt!: Date | null;
}
