import { ApiProperty } from '@nestjs/swagger';
import { CURRENCIES, type Currency, Money, type MoneyJson } from '#kernel';
import { MoneyView } from '#service-host';
import { type Account, availableOf, balanceOf } from '../ledger/account.entity.js';
import { ENTRY_KINDS, type Entry, type EntryKind } from '../ledger/entry.entity.js';

export class WalletView {
  /** The same as the owner's user id. */
  @ApiProperty({ format: 'uuid' }) id!: string;
  @ApiProperty({ enum: CURRENCIES }) currency!: Currency;
  @ApiProperty({ type: MoneyView }) balance!: MoneyJson;
  /** What can be spent: the balance without what is held. */
  @ApiProperty({ type: MoneyView }) available!: MoneyJson;
  /** Reserved for payments under way. */
  @ApiProperty({ type: MoneyView }) held!: MoneyJson;
}

export class EntryView {
  @ApiProperty({ format: 'uuid' }) id!: string;
  @ApiProperty({ format: 'date-time' }) at!: string;
  @ApiProperty({ enum: ENTRY_KINDS }) kind!: EntryKind;
  /** Signed. */
  @ApiProperty({ type: MoneyView }) amount!: MoneyJson;
  @ApiProperty({ type: MoneyView }) balanceAfter!: MoneyJson;
  @ApiProperty({ format: 'uuid', required: false }) paymentId?: string;
  @ApiProperty({ required: false }) note?: string;
}

export class EntriesPage {
  @ApiProperty({ type: [EntryView] }) items!: EntryView[];
  @ApiProperty({ type: String, nullable: true }) nextCursor!: string | null;
}

export function walletView(wallet: Account): WalletView {
  return {
    id: wallet.id,
    currency: wallet.currency,
    balance: balanceOf(wallet).toJSON(),
    available: availableOf(wallet).toJSON(),
    held: Money.ofMinor(wallet.held, wallet.currency).toJSON(),
  };
}

export function entryView(entry: Entry, currency: Currency): EntryView {
  return {
    id: entry.id,
    at: entry.at.toISOString(),
    kind: entry.kind,
    amount: Money.ofMinor(entry.amount, currency).toJSON(),
    balanceAfter: Money.ofMinor(entry.balanceAfter, currency).toJSON(),
    paymentId: entry.paymentId ?? undefined,
    note: entry.note ?? undefined,
  };
}
