import type { DeviceKey } from './code-chain.rules.js';

// How a device signs what it reports (OpenPAYGO Metrics): two letters and a SipHash in hex. What is signed is the text
// as it was received: written again, 12.0 would be 12.

/** By the serial alone, with the time, with the count, with all data, and with the data hashed row by row. */
export type AuthMethod = 'sa' | 'ta' | 'ca' | 'da' | 'ra';

export interface SignedRequest {
  serialNumber: string;
  timestamp?: number;
  requestCount?: number;
  /** JSON as received. */
  dataText?: string;
  /** Each row as received. */
  historyTexts?: readonly string[];
}

export interface SignedAnswer {
  serialNumber: string;
  /** Time and count of the request that is answered. */
  timestamp?: number;
  requestCount?: number;
  activeUntil?: number;
  activeSecondsLeft?: number;
  tokenListText?: string;
  settingsText?: string;
  extraDataText?: string;
}

type Part = string | number | undefined;

/** What is there, in a row. */
const text = (...parts: Part[]) => parts.filter((part) => part !== undefined).join('');

const hexOf = (hash: bigint) => hash.toString(16);

export function signRequest(key: DeviceKey, method: AuthMethod, request: SignedRequest): string {
  return method + hexOf(requestHash(key, method, request));
}

/**
 * Whether the signature is the device's. By its number: libraries differ in leading zeros. Whoever asks must also refuse a
 * time or count that is not above the last one, and "sa", which anybody can repeat, unless the device has nothing better.
 */
export function isSignedRequest(key: DeviceKey, auth: string, request: SignedRequest): boolean {
  const [, method, hex] = /^(sa|ta|ca|da|ra)([0-9a-f]{1,16})$/i.exec(auth) ?? [];
  if (!method || !hex) return false;
  const name = method.toLowerCase() as AuthMethod;
  if (name === 'ta' && request.timestamp === undefined) return false;
  if (name === 'ca' && request.requestCount === undefined) return false;
  return BigInt(`0x${hex}`) === requestHash(key, name, request);
}

export function signAnswer(key: DeviceKey, answer: SignedAnswer): string {
  const signed = text(
    answer.serialNumber,
    answer.timestamp,
    answer.requestCount,
    answer.activeUntil,
    answer.activeSecondsLeft,
    answer.tokenListText,
    answer.settingsText,
    answer.extraDataText,
  );
  return `da${hexOf(hashOf(key, signed))}`;
}

function requestHash(key: DeviceKey, method: AuthMethod, request: SignedRequest): bigint {
  const { serialNumber, timestamp, requestCount, dataText, historyTexts } = request;
  switch (method) {
    case 'sa':
      return hashOf(key, serialNumber);
    case 'ta':
      return hashOf(key, text(serialNumber, timestamp));
    case 'ca':
      return hashOf(key, text(serialNumber, requestCount));
    case 'da': {
      const history = historyTexts && `[${historyTexts.join(',')}]`;
      return hashOf(key, text(serialNumber, timestamp, requestCount, dataText, history));
    }
    case 'ra': {
      const parts = [timestamp, requestCount, dataText, ...(historyTexts ?? [])];
      return parts
        .filter((part) => part !== undefined)
        .reduce((hash: bigint, part) => hashOf(key, hexOf(hash) + part), hashOf(key, serialNumber));
    }
  }
}

function hashOf(key: DeviceKey, signed: string): bigint {
  return key.hash(Buffer.from(signed, 'utf8'));
}
