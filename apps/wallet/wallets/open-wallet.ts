import type { Currency } from '#kernel';
import type { Tx } from '#messaging';
import { Account, emptyWallet } from '../ledger/account.entity.js';

/** The person's wallet, locked. Whoever needs it first opens it: money may arrive before `user_registered`. */
export async function openWallet(tx: Tx, ownerId: string, currency: Currency): Promise<Account> {
  const wallet = await tx.load(Account, ownerId);
  if (wallet) return wallet;
  await tx.insertIfAbsent(Account, emptyWallet(ownerId, currency, tx.now));
  return tx.get(Account, ownerId);
}
