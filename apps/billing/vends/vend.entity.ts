import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { Quantity, VendOutcome } from '#contracts';
import { type Currency, Energy, Money } from '#kernel';
import type { IssuerName } from './meter-keys.entity.js';
import type { DeviceFacts } from './token-issuer.port.js';
import type { VendState } from './vend.machine.js';

export type VendCause = 'payment' | 'voucher';

/** One act of making credit for a meter. All that the call of the issuer needs stands here before the call is made. */
@Entity('vends')
export class Vend {
  /** A payment's vend has the payment's id, a voucher's that of its redemption: there is one at most. */
  @PrimaryColumn('uuid') id!: string;
  @Column('text') cause!: VendCause;
  @Column('uuid', { name: 'bill_id', nullable: true }) billId!: string | null;
  /** Whose the tokens are. */
  @Column('uuid', { name: 'owner_id' }) ownerId!: string;
  @Column('text', { name: 'meter_number' }) meterNumber!: string;
  /** Minor units; zero for a voucher of energy. */
  @Column('bigint') amount!: bigint;
  @Column('text') currency!: Currency;
  /** What was promised; once issued, what the tokens carry. Zero where time was bought. */
  @Column('bigint', { name: 'watt_hours' }) wattHours!: bigint;
  /** The time that was promised, for a device that is paid by it. */
  @Column('int', { nullable: true }) days!: number | null;
  @Column('text') state!: VendState;
  /** How many tokens were issued, so that it would be noticed if one were gone; null until then. */
  @Column('int', { name: 'token_count', nullable: true }) tokenCount!: number | null;
  @Column('text', { nullable: true }) issuer!: IssuerName | null;
  /** What is known of the meter at this moment; null when nothing is. */
  @Column('jsonb', { nullable: true }) device!: DeviceFacts | null;
  /** The key and the identifier of the credit token, unique together: a meter takes an identifier once. */
  @Column('text', { name: 'key_id', nullable: true }) keyId!: string | null;
  @Column('int', { nullable: true }) tid!: number | null;
  @Column('text', { name: 'issuer_reference', nullable: true }) issuerReference!: string | null;
  @Column('text', { name: 'failure_code', nullable: true }) failureCode!: string | null;
  @Column('text', { name: 'failure_reason', nullable: true }) failureReason!: string | null;
  /** Since when the outcome is unknown; kept when it is known in the end. */
  @Column('timestamptz', { name: 'in_doubt_since', nullable: true }) inDoubtSince!: Date | null;
  /** The operators' decision that settled it, and what they found out. */
  @Column('uuid', { name: 'resolved_by', nullable: true }) resolvedBy!: string | null;
  @Column('text', { nullable: true }) resolution!: VendOutcome | null;
  /** What the issuer said after a person had settled it otherwise. */
  @Column('text', { nullable: true }) conflict!: string | null;
  @Column('int') resends!: number;
  @Column('timestamptz', { name: 'resends_since', nullable: true }) resendsSince!: Date | null;
  @Column('timestamptz', { name: 'resent_at', nullable: true }) resentAt!: Date | null;
  @Column('timestamptz', { name: 'requested_at' }) requestedAt!: Date;
  @Column('timestamptz', { name: 'ended_at', nullable: true }) endedAt!: Date | null;
}

/** Digits that were issued. Sealed: whoever reads the table cannot use them. */
@Entity('vend_tokens')
export class VendTokenRow {
  @PrimaryColumn('uuid') id!: string;
  @Column('uuid', { name: 'vend_id' }) vendId!: string;
  @Column('uuid', { name: 'owner_id' }) ownerId!: string;
  @Column('text', { name: 'meter_number' }) meterNumber!: string;
  /** The order in which they are keyed in, from 0. */
  @Column('int') position!: number;
  @Column('text') kind!: 'credit' | 'key_change';
  @Column('text', { name: 'sealed_token' }) sealedToken!: string;
  /** Of a credit token of 20 digits, by a key: the same token for a second vend is seen, and nobody can read it here. */
  @Column('text', { nullable: true }) fingerprint!: string | null;
  @Column('bigint', { name: 'watt_hours', nullable: true }) wattHours!: bigint | null;
  @Column('int', { nullable: true }) days!: number | null;
  @Column('timestamptz', { name: 'issued_at' }) issuedAt!: Date;
}

export function amountOf({ amount, currency }: Pick<Vend, 'amount' | 'currency'>): Money {
  return Money.ofMinor(amount, currency);
}

export function unitsOf({ wattHours }: Pick<Vend, 'wattHours'>): Energy {
  return Energy.ofWattHours(wattHours);
}

/** As people are told. */
export function quantityOf(vend: Pick<Vend, 'wattHours' | 'days'>): Quantity {
  return vend.days === null ? unitsOf(vend).toJSON() : { days: vend.days };
}

export function isInDoubt({ state, inDoubtSince }: Pick<Vend, 'state' | 'inDoubtSince'>): boolean {
  return state === 'requested' && inDoubtSince !== null;
}

/** What every event about a vend says of it. */
export function factsOf({ id, cause, meterNumber }: Vend) {
  return { vendId: id, ...(cause === 'payment' && { paymentId: id }), meterNumber };
}
