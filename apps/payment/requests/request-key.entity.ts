import { Column, Entity, PrimaryColumn } from 'typeorm';

/** A key under which a caller asked for a payment, and the payment that it stands for. */
@Entity('request_keys')
export class RequestKey {
  /** `<caller id>:key:<route>:<Idempotency-Key>` or `<caller id>:ref:<requestReference>`. */
  @PrimaryColumn('text') id!: string;
  /** SHA-256 of what was asked for. */
  @Column('text', { name: 'body_hash' }) bodyHash!: string;
  /** Fixed by the first request, so that whoever repeats it goes on with the same payment. */
  @Column('uuid', { name: 'payment_id' }) paymentId!: string;
  /** Billing freed this payment's claim before the payment was stored: it never will be. */
  @Column('boolean') abandoned!: boolean;
  /** The abandoned payment that it stood for before. A claim of that one, not freed yet, is as good as its own. */
  @Column('uuid', { name: 'instead_of', nullable: true }) insteadOf!: string | null;
  @Column('timestamptz', { name: 'created_at' }) createdAt!: Date;
}
