import { Column, Entity, PrimaryColumn } from 'typeorm';

/**
 * Readings of one meter by one mouth, which are compared with each other alone: those of the meter itself and its
 * utility, or what one person read off the display. Whoever stores readings locks this row first.
 */
@Entity('meter_series')
export class MeterSeries {
  /** The meter's number for what it reports itself; for what its owner types, the id of the saved meter. */
  @PrimaryColumn('text') id!: string;
  @Column('text', { name: 'meter_number' }) meterNumber!: string;
  @Column('uuid', { name: 'saved_meter_id', nullable: true }) savedMeterId!: string | null;
  /** The newest reading that the meter itself gave: from there on it is asked for more. */
  @Column('timestamptz', { name: 'read_to', nullable: true }) readTo!: Date | null;
  /** When the meter is asked next; null for what people type. */
  @Column('timestamptz', { name: 'next_ask_at', nullable: true }) nextAskAt!: Date | null;
}

/** The series of the meter itself: a new one is asked as soon as somebody does the asking. */
export function reportedSeries(meterNumber: string, now: Date): MeterSeries {
  return { id: meterNumber, meterNumber, savedMeterId: null, readTo: null, nextAskAt: now };
}

export function ownSeries({ id, number }: { id: string; number: string }): MeterSeries {
  return { id, meterNumber: number, savedMeterId: id, readTo: null, nextAskAt: null };
}
