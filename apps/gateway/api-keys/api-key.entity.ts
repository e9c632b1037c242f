import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { Scope } from './scopes.rules.js';

/** A key by which a machine acts for a user, as far as its scopes go. Known by its hash alone. */
@Entity('api_keys')
export class ApiKeyRow {
  @PrimaryColumn('uuid') id!: string;
  @Column('uuid', { name: 'user_id' }) userId!: string;
  @Column('text') name!: string;
  /** SHA-256 of the key, hex. A key is 256 random bits: no salt and no slow hash is needed. */
  @Column('text') hash!: string;
  /** Its first characters, by which its owner tells it from others. */
  @Column('text') prefix!: string;
  @Column('jsonb') scopes!: Scope[];
  @Column('timestamptz', { name: 'created_at' }) createdAt!: Date;
  /** To the minute. */
  @Column('timestamptz', { name: 'last_used_at', nullable: true }) lastUsedAt!: Date | null;
}
