import { Energy } from '#kernel';
import type { Entry } from './meter-body.js';
import { ANSWERS } from './meter-body.js';
import type { HourReading, SimulatedMeter } from './simulated-meter.js';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

const kwh = (wattHours: bigint | number) => Energy.ofWattHours(BigInt(wattHours)).kwh;
const iso = (millis: number) => new Date(millis).toISOString();

/** A meter as it hangs there, in JSON. */
export function viewOf(meter: SimulatedMeter): Record<string, unknown> {
  const state = meter.state();
  const { at, kind, creditWh, activeUntil, usedTokens, lockedUntil, tampered, facts } = state;
  return {
    number: meter.number,
    kind,
    display: { credit: creditLine(creditWh, activeUntil, at), message: state.message },
    creditKwh: creditWh === null ? null : kwh(creditWh),
    activeUntil: typeof activeUntil === 'number' ? iso(activeUntil) : activeUntil,
    relay: state.closed ? 'closed' : 'open',
    tampered,
    usedTokens,
    lockedUntil: lockedUntil > at ? iso(lockedUntil) : null,
    loadW: state.loadW,
    totalKwh: kwh(state.totalWh),
    clock: { at: iso(at), speed: meter.clock.speed },
    facts,
  };
}

/** The meter's answer to a token. `kwh` is what the token added. */
export function answerOf(meter: SimulatedMeter, entry: Entry): Record<string, unknown> {
  const { answer, addedWh, shown } = entry;
  const { creditWh } = meter.body.plate();
  return {
    answer,
    kwh: addedWh === undefined ? null : kwh(addedWh),
    creditKwh: creditWh === null ? null : kwh(creditWh),
    message: messageOf(entry),
    ...(shown ? { shown } : {}),
  };
}

/** What the display says about a token. */
export function messageOf({ answer, addedWh, addedMs, shown }: Entry): string {
  if (shown) return shown.map(({ test, value }) => `${test}: ${value}`).join(', ');
  if (addedWh !== undefined) return `${ANSWERS[answer]} +${kwh(addedWh)} kWh`;
  if (addedMs !== undefined) return `${ANSWERS[answer]} +${days(addedMs)}`;
  return ANSWERS[answer];
}

/** A reading as billing can import it, exact to the Wh. `at` is the end of its hour. */
export function readingView({ at, usedWh, totalWh, creditWh, closed }: HourReading): Record<string, unknown> {
  return {
    at: iso(at),
    usedKwh: kwh(usedWh),
    totalKwh: kwh(totalWh),
    creditKwh: creditWh === null ? null : kwh(creditWh),
    relay: closed ? 'closed' : 'open',
  };
}

function creditLine(creditWh: bigint | null, activeUntil: number | 'unlocked' | null, at: number): string {
  if (creditWh !== null) return `${kwh(creditWh)} kWh`;
  if (activeUntil === 'unlocked') return 'Paid off';
  return days(Math.max(0, (activeUntil ?? at) - at));
}

function days(millis: number): string {
  return `${Math.floor(millis / DAY)} d ${Math.floor((millis % DAY) / HOUR)} h`;
}
