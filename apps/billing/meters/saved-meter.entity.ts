import { Column, Entity, PrimaryColumn } from 'typeorm';

export const SAVED_METER_STATUSES = ['active', 'inactive', 'suspended'] as const;
export type SavedMeterStatus = (typeof SAVED_METER_STATUSES)[number];

/** A meter on somebody's own list. */
@Entity('saved_meters')
export class SavedMeter {
  @PrimaryColumn('uuid') id!: string;
  @Column('uuid', { name: 'owner_id' }) ownerId!: string;
  @Column('text') number!: string;
  @Column('text', { nullable: true }) name!: string | null;
  @Column('uuid', { name: 'building_id', nullable: true }) buildingId!: string | null;
  @Column('uuid', { name: 'department_id', nullable: true }) departmentId!: string | null;
  @Column('text') status!: SavedMeterStatus;
  @Column('timestamptz', { name: 'created_at' }) createdAt!: Date;
}
