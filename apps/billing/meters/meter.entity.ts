import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { MeterKind } from './meter-number.rules.js';

export const METER_STATUSES = ['active', 'suspended', 'blocked'] as const;
export type MeterStatus = (typeof METER_STATUSES)[number];

/** A prepaid meter in the registry of its utility. Anybody may buy for it while it is active. */
@Entity('meters')
export class Meter {
  /** The digits on the meter. */
  @PrimaryColumn('text') number!: string;
  @Column('text') kind!: MeterKind;
  /** In full; callers see it masked. */
  @Column('text', { name: 'holder_name' }) holderName!: string;
  @Column('text') area!: string;
  @Column('text', { name: 'tariff_id' }) tariffId!: string;
  /** Suspended: the utility has stopped sales for a while. Blocked: it must not be sold for, as when tampered with. */
  @Column('text') status!: MeterStatus;
  /** Old debt in minor units, without what purchases under way have taken of it. */
  @Column('bigint') arrears!: bigint;
  /** `2026-11`, the first month of which a fixed charge may be due. */
  @Column('text', { name: 'charged_from' }) chargedFrom!: string;
}
