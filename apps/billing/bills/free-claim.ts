import type { Id } from '#kernel';
import type { Tx } from '#messaging';
import { reservedUnits } from '../quotes/reserved-units.js';
import { Bill } from './bill.entity.js';

/** Frees a bill, and what it took from its meter's month, when it is this payment that holds it. Did it? */
export async function freeClaim(tx: Tx, billId: Id, paymentId: Id): Promise<boolean> {
  const bill = await tx.load(Bill, billId);
  if (bill?.claimedBy !== paymentId) return false;
  const units = await reservedUnits(tx, bill);
  if (bill.claimedBy !== paymentId) return false; // it ended while the meter was read
  units?.giveBack();
  tx.set(bill, { claimedBy: null, claimedAt: null });
  return true;
}
