import type { TokenKind } from '#contracts';
import type { Energy, Money } from '#kernel';

/** The key that a meter has, by name: the key itself is never here. */
export interface StsKeyName {
  /** Supply group code, 6 digits. */
  sgc: string;
  /** Key revision, 1 to 9. */
  krn: number;
  /** Key type; 2 (unique) for meters with a keypad. */
  kt: number;
  /** Tariff index, two digits. */
  ti: string;
  /** 07 STA, 11 MISTY1. */
  ea: string;
  /** Key expiry number, 0 to 255. */
  ken: number;
  /** The year from whose first minute token identifiers count. */
  baseDate: number;
}

export interface StsDevice {
  kind: 'sts';
  key: StsKeyName;
  /** The meter is to get this key first; the credit is then under it. */
  changeTo?: StsKeyName;
  /** Identifier and random nibble of the credit token, for issuers that leave them to us. */
  tid?: number;
  rnd?: number;
}

/** A device that is paid by time. */
export interface PaygoDevice {
  kind: 'openpaygo';
  /** The count that the token will have. */
  count: number;
  /** In units of the device: days times its divider. */
  value: number;
  /** What people are told that it is worth. */
  days: number;
}

export type DeviceFacts = StsDevice | PaygoDevice;

export interface IssueRequest {
  /** Ours, stored before the call; at most 40 characters of [0-9a-f-]. The same for every question about this vend. */
  requestId: string;
  meterNumber: string;
  /** A multiple of 0.1 kWh, unless the quote was not. */
  units: Energy;
  /** What was paid, for issuers that want money. */
  amount: Money;
  requestedAt: Date;
  device: DeviceFacts;
}

export interface IssuedToken {
  kind: TokenKind;
  /** Digits, with leading zeros. */
  token: string;
  /** What it really carries. */
  units?: Energy;
  days?: number;
}

export type IssueOutcome =
  /** In the order of entry: a key change comes first. No tokens: the credit went to the meter online. */
  | { kind: 'issued'; tokens: IssuedToken[]; reference?: string }
  /** No, for good. `reason` is a sentence for the customer. */
  | { kind: 'refused'; code: string; reason: string }
  /** Proven that nothing was made: the call may be made again. */
  | { kind: 'not_done'; reason: string }
  /** Nobody knows. `reason` holds no digits of a token. */
  | { kind: 'unknown'; reason: string };

/** Makes credit for meters: software, a security module, or the API of a manufacturer. */
export interface TokenIssuer {
  /** Called once for a vend, never again after `unknown`. What it throws counts as unknown. */
  issue(request: IssueRequest, signal: AbortSignal): Promise<IssueOutcome>;
  /** Finds out what became of an earlier call. An issuer without it leaves unknown outcomes to a person. */
  fetchResult?(request: IssueRequest, signal: AbortSignal): Promise<IssueOutcome>;
}
