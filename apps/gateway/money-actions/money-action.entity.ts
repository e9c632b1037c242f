import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { VendOutcome } from '#contracts';
import { type Currency, Money } from '#kernel';
import type { MoneyActionState } from './money-action.machine.js';

export const MONEY_ACTION_KINDS = ['refund', 'adjustment', 'resolution'] as const;
export type MoneyActionKind = (typeof MONEY_ACTION_KINDS)[number];

/** Money that an operator wants moved, who agreed, and what became of it. */
@Entity('money_actions')
export class MoneyAction {
  /** Also the id of the decision, by which the service that has the money knows it. */
  @PrimaryColumn('uuid') id!: string;
  @Column('text') kind!: MoneyActionKind;
  /** The payment, or the wallet. */
  @Column('uuid', { name: 'subject_id' }) subjectId!: string;
  /** What an operator found out about a payment in doubt; of a resolution alone. */
  @Column('text', { nullable: true }) outcome!: VendOutcome | null;
  /** Minor units; signed for an adjustment. */
  @Column('bigint') amount!: bigint;
  @Column('text') currency!: Currency;
  @Column('text') reason!: string;
  @Column('text') state!: MoneyActionState;
  @Column('uuid', { name: 'requested_by' }) requestedBy!: string;
  @Column('timestamptz', { name: 'requested_at' }) requestedAt!: Date;
  @Column('boolean', { name: 'needs_approval' }) needsApproval!: boolean;
  /** The second operator. */
  @Column('uuid', { name: 'decided_by', nullable: true }) decidedBy!: string | null;
  @Column('timestamptz', { name: 'decided_at', nullable: true }) decidedAt!: Date | null;
  @Column('text', { name: 'decided_why', nullable: true }) decidedWhy!: string | null;
  /** The code of the problem with which the service refused. */
  @Column('text', { nullable: true }) refusal!: string | null;
  @Column('timestamptz', { name: 'ended_at', nullable: true }) endedAt!: Date | null;
}

/** A key under which an operator asked, and the action that it stands for. */
@Entity('money_action_keys')
export class MoneyActionKey {
  /** `<operator>:<Idempotency-Key>`. */
  @PrimaryColumn('text') id!: string;
  @Column('text', { name: 'body_hash' }) bodyHash!: string;
  @Column('uuid', { name: 'action_id' }) actionId!: string;
  @Column('timestamptz', { name: 'created_at' }) createdAt!: Date;
}

export function amountOf({ amount, currency }: Pick<MoneyAction, 'amount' | 'currency'>): Money {
  return Money.ofMinor(amount, currency);
}

/** What every event about an action says of it. */
export function factsOf(action: MoneyAction, by: string) {
  const { id: decisionId, kind, subjectId, outcome } = action;
  const amount = amountOf(action).toJSON();
  return { decisionId, by, kind, subjectId, amount, ...(outcome && { finding: outcome }) };
}
