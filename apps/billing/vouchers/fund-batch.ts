import { VouchersGranted } from '#contracts';
import { Energy } from '#kernel';
import type { Tx } from '#messaging';
import { totalOf, VoucherBatch } from './voucher.entity.js';
import { batchMachine } from './voucher.machine.js';

/** Operators give a batch: its value is set aside from the account of grants. `count` of its vouchers are still good. */
export function grantBatch(batch: VoucherBatch, count: number, tx: Tx): void {
  tx.set(batch, { state: batchMachine.move(batch.state, 'funded') });
  const { id, ownerId, approvedBy, wattHours, expiresOn, reason } = batch;
  tx.publish(VouchersGranted, id, {
    batchId: id,
    by: ownerId,
    ...(approvedBy !== null && { approvedBy }),
    count,
    amount: totalOf(batch, count).toJSON(),
    ...(wattHours !== null && Energy.ofWattHours(wattHours * BigInt(count)).toJSON()),
    expiresOn,
    reason,
  });
}

/** The bill of a batch is paid: the wallet service sets its value aside when it takes the money. */
export async function fundPaidBatch(tx: Tx, billId: string): Promise<void> {
  const batch = await tx.get(VoucherBatch, billId);
  if (batch.state !== 'funded') tx.set(batch, { state: batchMachine.move(batch.state, 'funded') });
}

export async function cancelBatch(tx: Tx, billId: string): Promise<void> {
  const batch = await tx.get(VoucherBatch, billId);
  if (batch.state !== 'cancelled') tx.set(batch, { state: batchMachine.move(batch.state, 'cancelled') });
}
