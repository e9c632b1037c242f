import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { VendOutcome } from '#contracts';

/** What an operator says about a vend in doubt, kept until it is decided: tokens travel no further than to here. */
@Entity('vend_proposals')
export class VendProposal {
  @PrimaryColumn('uuid', { name: 'decision_id' }) decisionId!: string;
  @Column('uuid', { name: 'vend_id' }) vendId!: string;
  @Column('text') outcome!: VendOutcome;
  /** In the order of entry, separated by spaces, sealed; null when there are none. */
  @Column('text', { name: 'sealed_tokens', nullable: true }) sealedTokens!: string | null;
  @Column('text') reason!: string;
  @Column('timestamptz', { name: 'proposed_at' }) proposedAt!: Date;
}
