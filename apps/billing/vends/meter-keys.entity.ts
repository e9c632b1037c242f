import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { StsKeyName } from './token-issuer.port.js';

export const ISSUER_NAMES = ['software', 'prism', 'stron', 'calin', 'openpaygo'] as const;
export type IssuerName = (typeof ISSUER_NAMES)[number];

/** What an OpenPAYGO device was given in the factory, without its key. */
export interface PaygoFacts {
  startingCode: number;
  /** A value of this many is a day. */
  timeDivider: number;
  /** Its keypad has the digits 1 to 4 only. */
  restrictedDigits: boolean;
  /** Its key is a public test key: worth nothing, and refused in production. */
  isTest?: true;
}

/** How tokens for a meter are made. The row is locked while an identifier or a count is taken from it. */
@Entity('meter_keys')
export class MeterKeys {
  @PrimaryColumn('text', { name: 'meter_number' }) meterNumber!: string;
  @Column('text') issuer!: IssuerName;
  /** An STS meter's key. */
  @Column('jsonb', { nullable: true }) key!: StsKeyName | null;
  /** The key that it is to get with the next credit. */
  @Column('jsonb', { name: 'change_to', nullable: true }) changeTo!: StsKeyName | null;
  /** The last identifier under `key`, and under `changeTo`; -1 before the first. */
  @Column('int', { name: 'last_tid' }) lastTid!: number;
  @Column('int', { name: 'new_last_tid' }) newLastTid!: number;
  @Column('jsonb', { nullable: true }) paygo!: PaygoFacts | null;
  /** The last count of an OpenPAYGO device. */
  @Column('int') count!: number;
  /** The key of an OpenPAYGO device, sealed. */
  @Column('text', { name: 'sealed_key', nullable: true }) sealedKey!: string | null;
}

/** A vending key of a supply group, sealed. Only the software issuer has any: others have them in their module. */
@Entity('vending_keys')
export class VendingKey {
  /** `keyIdOf` */
  @PrimaryColumn('text') id!: string;
  @Column('text', { name: 'sealed_key' }) sealedKey!: string;
  /** A public test key: worth nothing, and refused in production. */
  @Column('boolean', { name: 'is_test' }) isTest!: boolean;
}

/** Supply group, revision and base date name one vending key: `400123/2/2014`. */
export function keyIdOf({ sgc, krn, baseDate }: Pick<StsKeyName, 'sgc' | 'krn' | 'baseDate'>): string {
  return `${sgc}/${krn}/${baseDate}`;
}
