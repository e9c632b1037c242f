import { Energy, numberFor } from '#kernel';
import { totalOf, valueOf, type VoucherBatch } from './voucher.entity.js';
import type { VoucherState } from './voucher.machine.js';
import type { BatchView } from './vouchers.dto.js';

export type VoucherCounts = Record<VoucherState, number>;

/** What people call a batch. */
export function nameOf({ id }: Pick<VoucherBatch, 'id'>): string {
  return numberFor('V', id);
}

export function batchView(batch: VoucherBatch, counts: VoucherCounts): BatchView {
  const { id, ownerId, funding, state, count, wattHours, expiresOn, reason, utility } = batch;
  return {
    id,
    number: nameOf(batch),
    ownerId,
    state,
    funding,
    count,
    ...(wattHours === null
      ? { amount: valueOf(batch).toJSON(), total: totalOf(batch, count).toJSON() }
      : Energy.ofWattHours(wattHours).toJSON()),
    expiresOn,
    reason,
    ...(utility !== null && { utility }),
    ...(batch.approvedBy !== null && { approvedBy: batch.approvedBy }),
    counts,
    ...(batch.codesMadeAt && { codesMadeAt: batch.codesMadeAt.toISOString() }),
    createdAt: batch.createdAt.toISOString(),
    links: {
      self: `/api/vouchers/${id}`,
      ...(funding === 'payment' && { bill: `/api/bills/${id}` }),
    },
  };
}
