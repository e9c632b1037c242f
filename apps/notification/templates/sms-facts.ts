import type { MoneyJson } from '#kernel';

/** Money of an event: its currency is any text. */
export type Amount = { amount: string; currency: string } | MoneyJson;

export interface BillFacts {
  number: string;
  amount: Amount;
  dueDate: string;
  description?: string;
}

export interface PaymentFacts {
  reference: string;
  amount: Amount;
  title: string;
}

export interface WalletFacts {
  /** Signed; the text shows how much it was. */
  amount: Amount;
  balance: Amount;
  /** The payment's reference, or this message's own number. */
  reference: string;
  note?: string;
}

export interface VoucherFacts {
  meterNumber: string;
  reason: string;
}

export interface TokenFacts {
  /** Digits, in the order in which they are keyed in; none when the credit went to the meter online. */
  tokens: readonly string[];
  meterNumber: string;
  /** `12.3 kWh`, `30 days` */
  quantity: string;
  /** None for energy that was given. */
  amount?: Amount;
  receiptNumber: string;
  /** This message's own number, when the tokens were sent before. */
  again?: string;
}
