import { millisOf, type Money, newId } from '#kernel';
import type { Tx } from '#messaging';
import { Account } from './account.entity.js';
import { Entry, type EntryKind } from './entry.entity.js';
import { Transfer, type TransferKind } from './transfer.entity.js';

/** A loaded wallet, with the line for its owner's statement; or the id of a system account. */
export type Side = { wallet: Account; entry: EntryKind; note?: string } | { system: string };

/** Why money moves: for a payment, because operators put something right, or because of vouchers. */
type Cause = { paymentId: string } | { adjustmentId: string } | { voucherId: string };

export type Line = Cause & {
  kind: TransferKind;
  amount: Money;
  /** Where the money comes from. */
  debit: Side;
  /** Where it goes. */
  credit: Side;
};

/**
 * Writes one journal: its transfers, the new balances, and the statement lines of the wallets. Throws when a
 * wallet would be overdrawn or is in another currency: whoever posts has checked that, or freed a hold.
 */
export function postJournal(tx: Tx, ...lines: [Line, ...Line[]]): void {
  const journalId = newId(tx.now.getTime());
  for (const line of lines) {
    const { kind, amount, debit, credit } = line;
    const cause = causeOf(line);
    tx.insert(Transfer, {
      id: newId(tx.now.getTime()),
      journalId,
      debitAccount: accountOf(debit),
      creditAccount: accountOf(credit),
      amount: amount.minor,
      currency: amount.currency,
      kind,
      ...cause,
      note: noteOf(debit) ?? noteOf(credit),
      at: tx.now,
    });
    move(tx, debit, amount.negated(), cause);
    move(tx, credit, amount, cause);
  }
}

function move(tx: Tx, side: Side, change: Money, cause: ReturnType<typeof causeOf>): void {
  if ('system' in side) return tx.add(Account, side.system, 'balance', change.minor);
  const { wallet, entry: kind } = side;
  const balance = wallet.balance + change.minor;
  if (wallet.currency !== change.currency)
    throw new Error(`wallet ${wallet.id} is not in ${change.currency}`);
  if (balance < wallet.held) throw new Error(`wallet ${wallet.id} would be overdrawn`);
  const id = entryIdAfter(wallet.lastEntryId, tx.now);
  tx.set(wallet, { balance, lastEntryId: id });
  tx.insert(Entry, {
    id,
    walletId: wallet.id,
    amount: change.minor,
    balanceAfter: balance,
    kind,
    ...cause,
    note: noteOf(side),
    at: tx.now,
  });
}

function causeOf(line: Cause): Pick<Transfer, 'paymentId' | 'adjustmentId' | 'voucherId'> {
  return {
    paymentId: 'paymentId' in line ? line.paymentId : null,
    adjustmentId: 'adjustmentId' in line ? line.adjustmentId : null,
    voucherId: 'voucherId' in line ? line.voucherId : null,
  };
}

/** Above the wallet's newest entry also when another process wrote that one, or when the clock was set back. */
function entryIdAfter(last: string | null, now: Date): string {
  const id = newId(now.getTime());
  return last === null || id > last ? id : newId(millisOf(last) + 1);
}

function accountOf(side: Side): string {
  return 'system' in side ? side.system : side.wallet.id;
}

function noteOf(side: Side): string | null {
  return 'wallet' in side ? (side.note ?? null) : null;
}
