import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { Currency } from '#kernel';

/** What one class of a utility's customers pays. The prices themselves are in its versions. */
@Entity('tariffs')
export class Tariff {
  @PrimaryColumn('text') id!: string;
  @Column('text') name!: string;
  @Column('text') utility!: string;
  @Column('text', { name: 'customer_class' }) customerClass!: string;
  @Column('text') currency!: Currency;
  /** In which its days and months begin. */
  @Column('text', { name: 'time_zone' }) timeZone!: string;
}
