import { VoucherGivenBack, VoucherRedeemed } from '#contracts';
import { unreachable } from '#kernel';
import type { Tx } from '#messaging';
import { reservedUnits } from '../quotes/reserved-units.js';
import { amountOf, quantityOf, type Vend } from '../vends/vend.entity.js';
import { Redemption, Voucher } from './voucher.entity.js';
import { redemptionMachine, voucherMachine } from './voucher.machine.js';

/**
 * The vend of a voucher has ended, and the voucher with it, in the same transaction: redeemed, or given back with all
 * that it took from the meter's month.
 */
export async function settleRedemption(vend: Vend, tx: Tx): Promise<void> {
  const redemption = await tx.get(Redemption, vend.id);
  const [voucher, units] = await Promise.all([
    tx.get(Voucher, redemption.voucherId),
    reservedUnits(tx, redemption),
  ]);
  if (redemption.state !== 'open') return;
  switch (vend.state) {
    case 'requested':
      throw new Error(`vend ${vend.id} has not ended`);
    case 'failed':
      units?.giveBack();
      tx.set(redemption, { state: redemptionMachine.move(redemption.state, 'refused') });
      tx.set(voucher, { state: voucherMachine.move(voucher.state, 'unused'), redemptionId: null });
      tx.publish(VoucherGivenBack, voucher.id, {
        voucherId: voucher.id,
        batchId: voucher.batchId,
        redemptionId: redemption.id,
        redeemerId: redemption.redeemerId,
        meterNumber: vend.meterNumber,
        code: vend.failureCode!,
        reason: vend.failureReason!,
      });
      return;
    case 'issued':
      tx.set(redemption, { state: redemptionMachine.move(redemption.state, 'done') });
      tx.set(voucher, { state: voucherMachine.move(voucher.state, 'redeemed'), endedAt: tx.now });
      tx.publish(VoucherRedeemed, voucher.id, {
        voucherId: voucher.id,
        batchId: voucher.batchId,
        vendId: vend.id,
        redeemerId: redemption.redeemerId,
        meterNumber: vend.meterNumber,
        amount: amountOf(vend).toJSON(),
        units: quantityOf(vend),
      });
      return;
    default:
      return unreachable(vend.state);
  }
}
