import { Column, Entity, PrimaryColumn } from 'typeorm';

/** What is left of a dropped part of the trail: its last row's place and hash. The chain goes on from here. */
@Entity('anchors')
export class Anchor {
  @PrimaryColumn('bigint') seq!: bigint;
  @Column('text') hash!: string;
  @Column('timestamptz', { name: 'dropped_at' }) droppedAt!: Date;
}
