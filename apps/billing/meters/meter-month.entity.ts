import { Column, Entity, PrimaryColumn } from 'typeorm';

/** What was bought for a meter in one month of its utility, and by which bill the month's fixed charge is paid. */
@Entity('meter_months')
export class MeterMonth {
  /** `04123456784/2026-11` */
  @PrimaryColumn('text') id!: string;
  @Column('text', { name: 'meter_number' }) meterNumber!: string;
  @Column('text') month!: string;
  /** By every bill that is claimed or paid. */
  @Column('bigint', { name: 'watt_hours' }) wattHours!: bigint;
  @Column('uuid', { name: 'fixed_bill_id', nullable: true }) fixedBillId!: string | null;
}

export const meterMonthId = (meterNumber: string, month: string) => `${meterNumber}/${month}`;
