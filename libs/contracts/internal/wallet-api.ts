import type { MoneyJson } from '#kernel';

/** `GET /internal/wallets/{id}/available`: zero for a wallet that nobody opened yet. */
export interface AvailableFunds {
  available: MoneyJson;
}

/**
 * `POST /internal/wallets/{id}/adjust`, once per decision; opens the wallet when it has to. Refusals: conflict (another
 * currency), insufficient_funds.
 */
export interface AdjustWallet {
  decisionId: string;
  /** Minor units with a sign, as text; negative takes money out of the wallet. */
  minor: string;
  currency: string;
  reason: string;
}

/** `GET /internal/wallets/{id}/rest`: whether anything is left in a wallet, or on its way into it or out of it. */
export interface WalletRest {
  /** Payments that hold money of this wallet, or money for it. */
  openHolds: number;
  isEmpty: boolean;
}
