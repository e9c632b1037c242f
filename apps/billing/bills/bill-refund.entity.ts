import { Column, Entity, PrimaryColumn } from 'typeorm';

/** A payment of a bill that was given back. Kept, so that its `payment_completed`, however late, pays nothing. */
@Entity('bill_refunds')
export class BillRefund {
  @PrimaryColumn('uuid', { name: 'payment_id' }) paymentId!: string;
  @Column('uuid', { name: 'bill_id' }) billId!: string;
  @Column('timestamptz', { name: 'refunded_at' }) refundedAt!: Date;
}
