import type { Block, Charge, Terms } from './terms.rules.js';

/** Where a purchase starts from: what its price depends on beside the terms. */
export interface Start {
  /** Watt-hours that were bought for the meter in this month. */
  boughtWh: bigint;
  /** Months whose fixed charge is due. */
  fixedMonths: number;
  /** Minor units of old debt. */
  arrears: bigint;
  /** Of the utility's day, 0 to 23. */
  hour: number;
  /** What a token for so many watt-hours really carries, which is not less; absent where it is just these. */
  carried?: (wattHours: bigint) => bigint;
}

export const LINE_KINDS = ['fixed', 'arrears', 'levy', 'vat', 'energy', 'time', 'rounding'] as const;
export type LineKind = (typeof LINE_KINDS)[number];

export interface PriceLine {
  kind: LineKind;
  label: string;
  /** Minor units. Negative only where rounding gives more than was paid for. */
  amount: bigint;
  /** Energy lines alone. */
  wattHours?: bigint;
  perMwh?: bigint;
  /** Of the debt, after this purchase. */
  remaining?: bigint;
}

export interface Price {
  /** Minor units. */
  amount: bigint;
  wattHours: bigint;
  /** Add up to the amount, to the last minor unit. */
  lines: PriceLine[];
}

const WHOLE = 10_000n;
const WH_PER_MWH = 1_000_000n;

/** What an amount buys, or undefined when after the deductions not even one step is left. */
export function priceOfAmount(amount: bigint, terms: Terms, start: Start): Price | undefined {
  const net = amount - arrearsShare(amount, terms, start);
  const { stepWh, direction } = terms.rounding;
  const most = direction === 'down' ? mostFor(net, stepWh, terms, start) : nearestFor(net, terms, start);
  // More than was paid for is the customer's: `rounding` is then below zero.
  const wattHours = start.carried?.(most) ?? most;
  return wattHours > 0n ? priced(amount, wattHours, terms, start) : undefined;
}

/** The least amount that buys so much. More money never buys less, so it is found by halving. */
export function amountForUnits(wattHours: bigint, terms: Terms, start: Start): bigint {
  const net = sumOf(linesFor(wattHours, terms, start));
  return least(net, net + start.arrears, (amount) => amount - arrearsShare(amount, terms, start) >= net);
}

/** The least amount that can be paid: the tariff's minimum, or what one step costs after the deductions. */
export function leastAmount(terms: Terms, start: Start): bigint {
  const oneStep = amountForUnits(terms.rounding.stepWh, terms, start);
  return oneStep > terms.minimum ? oneStep : terms.minimum;
}

/** What the energy from `fromWh` to `untilWh` of the month costs, block by block. Two parts cost what the whole does. */
export function energyLines(fromWh: bigint, untilWh: bigint, blocks: Block[]): PriceLine[] {
  let begins = 0n;
  const lines: PriceLine[] = [];
  for (const { untilWh: ends, perMwh } of blocks) {
    const from = fromWh > begins ? fromWh : begins;
    const until = ends === null || untilWh < ends ? untilWh : ends;
    if (until > from) {
      const amount = costUntil(until, blocks) - costUntil(from, blocks);
      lines.push({ kind: 'energy', label: 'Energy', amount, wattHours: until - from, perMwh });
    }
    if (ends !== null) begins = ends;
  }
  return lines;
}

/** Of the first watt-hours of a month. Rounded as a whole (half up), so that the parts add up. */
function costUntil(wattHours: bigint, blocks: Block[]): bigint {
  let begins = 0n;
  let cost = 0n;
  for (const { untilWh, perMwh } of blocks) {
    const until = untilWh === null || wattHours < untilWh ? wattHours : untilWh;
    if (until > begins) cost += (until - begins) * perMwh;
    begins = until;
  }
  return divided(cost, WH_PER_MWH);
}

/** Everything but arrears and the rest, for so many units. Rises with them. */
function linesFor(wattHours: bigint, terms: Terms, start: Start): PriceLine[] {
  const energy = energyLines(start.boughtWh, start.boughtWh + wattHours, blocksAt(terms, start.hour));
  const charges: PriceLine[] = [];
  for (const charge of terms.charges) {
    const amount = chargeFor(charge, wattHours, sumOf(energy), sumOf(charges), start);
    if (amount > 0n) charges.push({ kind: charge.kind, label: charge.label, amount });
  }
  return [...charges, ...energy];
}

function chargeFor(charge: Charge, wattHours: bigint, energy: bigint, before: bigint, start: Start): bigint {
  switch (charge.kind) {
    case 'fixed':
      return charge.perMonth * BigInt(start.fixedMonths);
    case 'arrears':
      return 0n; // a share of the money, not of the units
    case 'vat':
      return divided((energy + before) * charge.basisPoints, WHOLE);
    case 'levy':
      if (charge.of === 'purchase') return charge.amount;
      if (charge.of === 'units') return divided(charge.perMwh * wattHours, WH_PER_MWH);
      return divided(energy * charge.basisPoints, WHOLE);
  }
}

/** Rounded down; a part of what is left after the charges that stand before it, at most the debt. */
function arrearsShare(amount: bigint, { charges }: Terms, start: Start): bigint {
  let left = amount;
  for (const charge of charges) {
    if (charge.kind !== 'arrears') {
      left -= chargeFor(charge, 0n, 0n, 0n, start);
      continue;
    }
    const share = left > 0n ? (left * charge.basisPoints) / WHOLE : 0n;
    return [start.arrears, charge.atMost ?? share].reduce((a, b) => (b < a ? b : a), share);
  }
  return 0n;
}

function priced(amount: bigint, wattHours: bigint, terms: Terms, start: Start): Price {
  const lines = linesFor(wattHours, terms, start);
  const share = arrearsShare(amount, terms, start);
  if (share > 0n) {
    const place = terms.charges.findIndex(({ kind }) => kind === 'arrears');
    const before = terms.charges.slice(0, place).filter((it) => chargeFor(it, 0n, 0n, 0n, start) > 0n).length;
    const { label } = terms.charges[place]!;
    lines.splice(before, 0, { kind: 'arrears', label, amount: share, remaining: start.arrears - share });
  }
  const rest = amount - sumOf(lines);
  if (rest !== 0n) lines.push({ kind: 'rounding', label: 'Rounding', amount: rest });
  return { amount, wattHours, lines };
}

function blocksAt({ blocks, periods }: Terms, hour: number): Block[] {
  return periods.find((it) => it.fromHour <= hour && hour < it.untilHour)?.blocks ?? blocks;
}

/** The most whole steps that cost no more than this. */
function mostFor(net: bigint, stepWh: bigint, terms: Terms, start: Start): bigint {
  const tooDear = (steps: bigint) => sumOf(linesFor(steps * stepWh, terms, start)) > net;
  let above = 1n;
  while (!tooDear(above)) above *= 2n;
  return (least(1n, above, tooDear) - 1n) * stepWh;
}

function nearestFor(net: bigint, terms: Terms, start: Start): bigint {
  const { stepWh } = terms.rounding;
  return divided(mostFor(net, 1n, terms, start), stepWh) * stepWh;
}

/** The least number from `low` to `high` for which it holds; it holds for `high` and for all above the least. */
function least(low: bigint, high: bigint, holds: (value: bigint) => boolean): bigint {
  let [from, until] = [low, high];
  while (from < until) {
    const middle = (from + until) / 2n;
    if (holds(middle)) until = middle;
    else from = middle + 1n;
  }
  return from;
}

function sumOf(lines: PriceLine[]): bigint {
  return lines.reduce((sum, { amount }) => sum + amount, 0n);
}

/** Half up. */
function divided(value: bigint, by: bigint): bigint {
  return (2n * value + by) / (2n * by);
}
