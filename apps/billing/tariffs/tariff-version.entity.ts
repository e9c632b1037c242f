import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { WrittenTerms } from './written-terms.js';

/** The terms of a tariff from a day on, until a later version begins. Once in force it never changes. */
@Entity('tariff_versions')
export class TariffVersion {
  /** `demo-residential@2026-11-01`: what a quote names. */
  @PrimaryColumn('text') id!: string;
  @Column('text', { name: 'tariff_id' }) tariffId!: string;
  /** In the tariff's time zone. */
  @Column('date', { name: 'valid_from' }) validFrom!: string;
  @Column('jsonb') terms!: WrittenTerms;
}

export const versionId = (tariffId: string, validFrom: string) => `${tariffId}@${validFrom}`;
/** The tariff that a version is one of. */
export const tariffOf = (id: string) => id.slice(0, id.lastIndexOf('@'));
