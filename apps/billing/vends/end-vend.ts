import { TokensIssued, VendFailed } from '#contracts';
import type { Tx } from '#messaging';
import { settleRedemption } from '../vouchers/settle-redemption.js';
import { factsOf, quantityOf, type Vend } from './vend.entity.js';
import { vendMachine } from './vend.machine.js';

export type VendEnd =
  | { kind: 'issued'; tokenCount: number; wattHours: bigint; reference?: string }
  /** `reason` is a sentence for the customer. */
  | { kind: 'failed'; code: string; reason: string };

/** The only way out of `requested`: written once, told to whoever paid, and a voucher ends or is given back with it. */
export async function endVend(vend: Vend, end: VendEnd, tx: Tx): Promise<void> {
  write(vend, end, tx);
  if (vend.cause === 'voucher') await settleRedemption(vend, tx);
}

function write(vend: Vend, end: VendEnd, tx: Tx): void {
  const state = vendMachine.move(vend.state, end.kind);
  if (end.kind === 'failed') {
    const { code, reason } = end;
    tx.set(vend, { state, failureCode: code, failureReason: reason, endedAt: tx.now });
    tx.publish(VendFailed, vend.id, { ...factsOf(vend), code, reason });
    return;
  }
  const { tokenCount, wattHours, reference = null } = end;
  tx.set(vend, { state, tokenCount, wattHours, issuerReference: reference, endedAt: tx.now });
  tx.publish(TokensIssued, vend.id, { ...factsOf(vend), tokenCount, units: quantityOf(vend) });
}
