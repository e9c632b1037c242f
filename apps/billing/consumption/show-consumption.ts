import { Injectable } from '@nestjs/common';
import { type Currency, dayIn, Energy, Money, ok, Problem, refuse, type Result } from '#kernel';
import type {
  BalanceView,
  ConsumptionQuery,
  ConsumptionView,
  Granularity,
  PeriodView,
  PurchasesView,
} from './consumption.dto.js';
import { addDays, addMonths, daysBetween, monthsBetween, type Period } from './calendar.rules.js';
import { daysLeft } from './forecast.rules.js';
import { type History, outlookOf, type PaidPurchase, ReadHistory } from './read-history.js';
import { usedBetween } from './register.rules.js';

const MOST = { day: 92, month: 24 } as const;
const USUAL = { day: 30, month: 12 } as const;

/** What is left on a meter, and what was used of it day by day or month by month, beside what was bought. */
@Injectable()
export class ShowConsumption {
  constructor(private readonly readHistory: ReadHistory) {}

  /** Refusal: not_found. */
  async balance(ownerId: string, id: string): Promise<Result<BalanceView>> {
    const found = await this.readHistory.ofOwner(ownerId, id);
    if (!found.ok) return found;
    const { balance, daily } = outlookOf(found.value);
    const left = balance && daysLeft(balance.wattHours, daily);
    return ok({
      meterId: id,
      kwh: balance ? kwh(balance.wattHours) : null,
      asOf: balance ? new Date(balance.asOf).toISOString() : null,
      source: balance?.source ?? null,
      forecast: daily ? { basis: daily.basis, dailyKwh: kwh(daily.wattHours), daysLeft: left ?? null } : null,
    });
  }

  /** Refusals: not_found, validation_failed. */
  async report(ownerId: string, id: string, query: ConsumptionQuery): Promise<Result<ConsumptionView>> {
    const present = await this.readHistory.ofOwner(ownerId, id);
    if (!present.ok) return present;
    const { timeZone, now } = present.value;
    const periods = periodsOf(query, timeZone, now);
    if (!periods.ok) return periods;
    const [first, last] = [periods.value[0]!, periods.value.at(-1)!];
    const found = await this.readHistory.ofOwner(ownerId, id, first.from, last.to);
    if (!found.ok) return found;
    const items = periods.value.map((period) => periodView(period, found.value));
    const whole = { name: `${first.name}/${last.name}`, from: first.from, to: last.to };
    return ok({
      meterId: id,
      granularity: query.granularity,
      timeZone,
      readings: found.value.source,
      items,
      total: periodView(whole, found.value),
    });
  }
}

function periodsOf(
  { granularity, from, to }: ConsumptionQuery,
  timeZone: string,
  now: number,
): Result<Period[]> {
  const { length, add, between } = CALENDARS[granularity];
  const today = dayIn(timeZone, new Date(now));
  if ([from, to].some((it) => it !== undefined && !isDay(it))) return refuse(invalid('there is no such day'));
  const last = (to ?? today).slice(0, length);
  const first = from?.slice(0, length) ?? add(last, 1 - USUAL[granularity]);
  const most = MOST[granularity];
  if (first.length < length || last.length < length) return refuse(invalid('days are asked for: name a day'));
  if (first > last) return refuse(invalid('from must not be after to'));
  if (add(first, most) <= last) return refuse(invalid(`at most ${most} ${granularity}s at once`));
  return ok(between(timeZone, first, last));
}

const CALENDARS = {
  day: { length: 'YYYY-MM-DD'.length, add: addDays, between: daysBetween },
  month: { length: 'YYYY-MM'.length, add: addMonths, between: monthsBetween },
} as const satisfies Record<Granularity, object>;

function periodView({ name, from, to }: Period, { curve, purchases, currency }: History): PeriodView {
  const use = usedBetween(curve, from, to);
  return {
    period: name,
    kwh: use ? kwh(use.wattHours) : null,
    complete: use?.complete ?? false,
    purchases: purchasesView(
      purchases.filter(({ at }) => at >= from && at < to),
      currency,
    ),
  };
}

function purchasesView(purchases: PaidPurchase[], currency: Currency): PurchasesView {
  const sum = (of: (it: PaidPurchase) => bigint) => purchases.reduce((total, it) => total + of(it), 0n);
  return {
    count: purchases.length,
    kwh: kwh(sum(({ wattHours }) => wattHours)),
    amount: Money.ofMinor(
      sum(({ paid }) => paid ?? 0n),
      currency,
    ).toJSON(),
  };
}

const kwh = (wattHours: bigint) => Energy.ofWattHours(wattHours).kwh;

/** `2026-02-30` is none. */
function isDay(text: string): boolean {
  const day = text.length === 'YYYY-MM'.length ? `${text}-01` : text;
  return addDays(day, 0) === day;
}

function invalid(detail: string): Problem {
  return new Problem('validation_failed', detail);
}
