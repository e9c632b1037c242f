import { Column, Entity, PrimaryColumn } from 'typeorm';
import { type Currency, Money } from '#kernel';

export type AccountKind =
  /** A customer's: what we owe them. */
  | 'wallet'
  /** What a provider has collected for us and not yet paid out. */
  | 'clearing'
  /** What we owe those whose bills were paid. */
  | 'billers'
  /** What we owe to whoever redeems a voucher. */
  | 'vouchers'
  /** The other side of vouchers that operators gave away. */
  | 'grants'
  /** The other side of what operators put right. */
  | 'adjustments';

/**
 * An account of the ledger. Every balance is signed the same way, **credits minus debits**, so that each
 * transfer adds to one balance what it takes from another and the sum over all accounts of a currency is
 * literally 0. A credit-normal account (wallet, billers: what we owe) is thus positive; a debit-normal one
 * (clearing: what we have) is negative, and people are shown its opposite.
 */
@Entity('accounts')
export class Account {
  /** A wallet's is its owner's user id; a system account's is its name and currency, `billers:NGN`. */
  @PrimaryColumn('text') id!: string;
  @Column('text') kind!: AccountKind;
  @Column('uuid', { name: 'owner_id', nullable: true }) ownerId!: string | null;
  @Column('text') currency!: Currency;
  /** The side on which the account usually stands: how its balance is shown to people. */
  @Column('text', { name: 'normal_side' }) normalSide!: 'debit' | 'credit';
  /** Minor units, credits minus debits. */
  @Column('bigint') balance!: bigint;
  /** Minor units that open holds reserve; part of the balance. Wallets only. */
  @Column('bigint') held!: bigint;
  /** The newest line of the wallet's statement. */
  @Column('uuid', { name: 'last_entry_id', nullable: true }) lastEntryId!: string | null;
  @Column('timestamptz', { name: 'created_at' }) createdAt!: Date;
}

export function emptyWallet(ownerId: string, currency: Currency, createdAt: Date): Account {
  return {
    id: ownerId,
    kind: 'wallet',
    ownerId,
    currency,
    normalSide: 'credit',
    balance: 0n,
    held: 0n,
    lastEntryId: null,
    createdAt,
  };
}

export function balanceOf(account: Account): Money {
  return Money.ofMinor(account.balance, account.currency);
}

/** What the owner can spend: the balance without what is held. */
export function availableOf(account: Account): Money {
  return Money.ofMinor(account.balance - account.held, account.currency);
}
