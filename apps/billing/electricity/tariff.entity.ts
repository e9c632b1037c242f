import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { Currency } from '#kernel';

/** One price for every kilowatt-hour. */
@Entity('tariffs')
export class Tariff {
  @PrimaryColumn('text') id!: string;
  @Column('text') name!: string;
  @Column('text') currency!: Currency;
  /** Minor units, without VAT. */
  @Column('bigint', { name: 'price_per_kwh' }) pricePerKwh!: bigint;
  /** Hundredths of a percent: 750 is 7.5 %. */
  @Column('integer', { name: 'vat_basis_points' }) vatBasisPoints!: number;
}
