import { request } from 'undici';
import { Energy } from '#kernel';
import type { Reading } from './register.rules.js';

const TIMEOUT_MILLIS = 5_000;
/** A page of readings has a tenth of it. */
const BYTES_MAX = 1_000_000;
export const PAGE = 500;

/** What a meter answered: a page of readings, oldest first; or that there is no such meter on this line. */
export type LineAnswer = { kind: 'readings'; readings: Reading[]; more: boolean } | { kind: 'no_such_meter' };

/** `GET <address>/<number>/readings?from=`: the readings after a moment. Throws when it cannot be had or understood. */
export async function askMeter(
  address: string,
  number: string,
  from: Date | null,
  limit = PAGE,
): Promise<LineAnswer> {
  const query = new URLSearchParams({ limit: String(limit), ...(from && { from: from.toISOString() }) });
  const { statusCode, body } = await request(`${address}/${number}/readings?${query.toString()}`, {
    signal: AbortSignal.timeout(TIMEOUT_MILLIS),
  });
  const text = await textOf(body);
  if (statusCode === 404 || statusCode === 400) return { kind: 'no_such_meter' };
  if (statusCode !== 200) throw new Error(`the line of meters answered ${statusCode}`);
  const page = JSON.parse(text) as { items?: unknown; more?: unknown };
  if (!Array.isArray(page.items) || page.items.length > limit * 2)
    throw new Error('the line gave no page of readings');
  return { kind: 'readings', readings: page.items.map(readingOf), more: page.more === true };
}

async function textOf(body: AsyncIterable<Uint8Array>): Promise<string> {
  const parts: Uint8Array[] = [];
  let size = 0;
  for await (const part of body) {
    size += part.length;
    if (size > BYTES_MAX) throw new Error('the line of meters gave too long an answer');
    parts.push(part);
  }
  return Buffer.concat(parts).toString('utf8');
}

function readingOf(item: unknown): Reading {
  const { at, totalKwh, creditKwh } = (item ?? {}) as Record<string, unknown>;
  const moment = typeof at === 'string' ? Date.parse(at) : NaN;
  if (Number.isNaN(moment)) throw new Error('a reading has no time');
  return { at: moment, totalWh: wattHours(totalKwh), creditWh: wattHours(creditKwh) };
}

function wattHours(kwh: unknown): bigint | null {
  if (kwh === undefined || kwh === null) return null;
  const energy = Energy.parse(kwh);
  if (!energy.ok) throw new Error('a reading has no kilowatt-hours');
  return energy.value.wattHours;
}
