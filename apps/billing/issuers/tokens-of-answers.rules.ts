import type { Energy } from '#kernel';
import type { IssueOutcome } from '../vends/token-issuer.port.js';

/** A token says tenths of a kWh. */
const TENTH_WATT_HOURS = 100n;

/** What is asked for: never less than was promised. */
export function tenthsOf({ wattHours }: Energy): bigint {
  return (wattHours + TENTH_WATT_HOURS - 1n) / TENTH_WATT_HOURS;
}

/** The twenty digits of a token that may be written in groups; undefined for whatever else. */
export function digitsOf(text: unknown): string | undefined {
  if (typeof text !== 'string' || text.length > 40) return undefined;
  const digits = text.replaceAll(/[\s-]/g, '');
  return /^\d{20}$/.test(digits) ? digits : undefined;
}

/** The members of a JSON object; none of whatever else. */
export function membersOf(text: string): Record<string, unknown> {
  try {
    const read: unknown = JSON.parse(text);
    return typeof read === 'object' && read !== null ? (read as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}

/** The manufacturer said no. What it said is written for its own people, in any language: the customer is told this. */
export const REFUSED: IssueOutcome = {
  kind: 'refused',
  code: 'meter_not_vendable',
  reason: 'No tokens can be made for this meter.',
};

/** Something was answered that is no token, and no refusal that we know. */
export const NOT_UNDERSTOOD: IssueOutcome = { kind: 'unknown', reason: 'the answer is not understood' };

/** One credit token. What it carries is not told: it is taken for what was asked for. */
export function credit(token: string, units: Energy): IssueOutcome {
  return { kind: 'issued', tokens: [{ kind: 'credit', token, units }] };
}

/** What may be stored of an error, its code or class: the message may quote what was sent or answered. */
export function nameOf(error: unknown): string {
  if (!(error instanceof Error)) return typeof error;
  return 'code' in error && typeof error.code === 'string' ? error.code : error.name;
}
