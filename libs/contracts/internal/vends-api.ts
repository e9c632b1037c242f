import type { MoneyJson } from '#kernel';

export const TOKEN_KINDS = ['credit', 'key_change'] as const;
export type TokenKind = (typeof TOKEN_KINDS)[number];

/** Digits to key into a meter. Whoever reads them could use them: they are shown to the owner of the vend alone. */
export interface VendToken {
  id: string;
  kind: TokenKind;
  /** With its leading zeros, without spaces. */
  token: string;
  /** What it carries; none for a key change. */
  kwh?: string;
  /** What it carries on a device that is paid by time. */
  days?: number;
}

/** What was bought: energy, or the days that a device works. One of them is there. */
export interface Quantity {
  kwh?: string;
  days?: number;
}

/** `GET /internal/vends/{id}`, for payment and notification; 404 when there is none. */
export interface VendDetails {
  id: string;
  /** Whose it is: nobody else may be shown the tokens. */
  ownerId: string;
  state: 'requested' | 'issued' | 'failed';
  /** Its outcome is not known. */
  inDoubt: boolean;
  /** Why no credit was made: a sentence for its owner. */
  failureReason?: string;
  meterNumber: string;
  amount: MoneyJson;
  units: Quantity;
  /** The lines of the quote that it was bought at. */
  breakdown: object[];
  tariffVersion?: string;
  /** In the order in which they are keyed in. Empty when the credit went to the meter online. */
  tokens: VendToken[];
}

/** A redemption whose outcome nobody knows, as operators see it. */
export interface RedemptionInDoubt {
  id: string;
  meterNumber: string;
  /** Zero for a voucher of energy. */
  amount: MoneyJson;
  units: Quantity;
  unknownSince: string;
  /** Who sees to it. */
  owner: string;
  deadline: string;
  /** The deadline is over. */
  overdue: boolean;
}

/** What a person found out about a vend of unknown outcome. */
export const VEND_OUTCOMES = ['delivered', 'not_delivered'] as const;
export type VendOutcome = (typeof VEND_OUTCOMES)[number];

/**
 * `POST /internal/vends/{id}/proposals` keeps what an operator says about a vend in doubt, tokens sealed, until it is
 * decided; once per decision. Refusals: not_found, payment_not_in_doubt, validation_failed (no tokens of this meter's kind).
 */
export interface ProposeOutcome {
  decisionId: string;
  outcome: VendOutcome;
  /** The tokens that the customer is given, in the order of entry; for `delivered`. */
  tokens?: string[];
  reason: string;
}

/** The amount that is at stake: above a limit two persons decide. */
export interface ProposedOutcome {
  amount: MoneyJson;
}

/** `POST /internal/vends/{id}/resolve`, once per decision. Refusals: not_found, payment_not_in_doubt. */
export interface ResolveVend {
  decisionId: string;
}

/**
 * `POST /internal/people/{id}/tokens/resend`: the newest tokens of a person once more to their phone, of the meters whose
 * number ends so. Refusals: rate_limited.
 */
export interface ResendNewest {
  meterEnding?: string;
}

export interface TokensResent {
  /** Of how many purchases; zero when there are none. */
  count: number;
}
