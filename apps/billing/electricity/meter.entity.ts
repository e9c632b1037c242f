import { Column, Entity, PrimaryColumn } from 'typeorm';

/** A prepaid meter that can be bought for. */
@Entity('meters')
export class Meter {
  /** 11 digits, printed on the meter. */
  @PrimaryColumn('text') number!: string;
  /** In full; callers see it masked. */
  @Column('text', { name: 'holder_name' }) holderName!: string;
  @Column('text') area!: string;
  @Column('text', { name: 'tariff_id' }) tariffId!: string;
}
