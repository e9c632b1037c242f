import { VouchersReleased } from '#contracts';
import { newId } from '#kernel';
import type { Tx } from '#messaging';
import { totalOf, type VoucherBatch } from './voucher.entity.js';

/** Vouchers that nobody will redeem: what was set aside for them goes back to whoever gave it. */
export function releaseVouchers(
  batch: VoucherBatch,
  count: number,
  why: { why: 'expired' | 'void'; reason?: string },
  tx: Tx,
): void {
  if (batch.state !== 'funded' || count === 0) return;
  tx.publish(VouchersReleased, batch.id, {
    releaseId: newId(tx.now.getTime()),
    batchId: batch.id,
    ownerId: batch.ownerId,
    funding: batch.funding,
    count,
    amount: totalOf(batch, count).toJSON(),
    ...why,
  });
}
