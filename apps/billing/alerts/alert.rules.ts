import { unreachable } from '#kernel';
import { alertMachine, type AlertState } from './alert.machine.js';

export const ALERTS = ['low_balance', 'days_left', 'daily_use', 'monthly_budget'] as const;
export type Alert = (typeof ALERTS)[number];

/** What somebody wants to be told of; null: not of this. */
export interface Limits {
  lowBalanceWh: bigint | null;
  daysLeft: number | null;
  dailyUseWh: bigint | null;
  /** Minor units. */
  monthlyBudget: bigint | null;
}

/** What is known of a meter at this moment; undefined: not known. */
export interface MeterFacts {
  balanceWh: bigint | undefined;
  daysLeft: number | undefined;
  /** The last days, oldest first, as far as readings go. */
  days: readonly { name: string; usedWh: bigint }[];
  month: { name: string; spent: bigint };
}

/** One alert, seen against its limit. */
export interface Observation {
  value: bigint;
  limit: bigint;
  crossed: boolean;
  /** Far enough back that crossing it again is news. */
  recovered: boolean;
  /** The day or month that it is about; each can be told of once. */
  period: string | null;
}

export interface AlertRow {
  state: AlertState;
  period: string | null;
  /** When it was last told, ISO 8601. */
  raisedAt: string | null;
}

export const ARMED: AlertRow = { state: 'armed', period: null, raisedAt: null };

/** A balance has recovered when it is a fifth above its limit, and half a kilowatt-hour at least. */
const LEAST_RECOVERY_WH = 500n;

/** Undefined where nobody wants to know, or nobody knows. */
export function observe(alert: Alert, limits: Limits, facts: MeterFacts): Observation | undefined {
  switch (alert) {
    case 'low_balance': {
      const { lowBalanceWh: limit } = limits;
      const { balanceWh: value } = facts;
      if (limit === null || value === undefined) return undefined;
      const above = limit / 5n > LEAST_RECOVERY_WH ? limit / 5n : LEAST_RECOVERY_WH;
      return { value, limit, crossed: value <= limit, recovered: value >= limit + above, period: null };
    }
    case 'days_left': {
      if (limits.daysLeft === null || facts.daysLeft === undefined) return undefined;
      const [limit, value] = [BigInt(limits.daysLeft), BigInt(facts.daysLeft)];
      return { value, limit, crossed: value <= limit, recovered: value > limit + 1n, period: null };
    }
    case 'daily_use': {
      const { dailyUseWh: limit } = limits;
      if (limit === null) return undefined;
      const day = facts.days.filter(({ usedWh }) => usedWh > limit).at(-1) ?? facts.days.at(-1);
      return day && ofPeriod(day.name, day.usedWh, limit);
    }
    case 'monthly_budget': {
      const { monthlyBudget: limit } = limits;
      return limit === null ? undefined : ofPeriod(facts.month.name, facts.month.spent, limit);
    }
    default:
      return unreachable(alert);
  }
}

/** What was used or spent in a day or month only grows: the next one is what recovers. */
function ofPeriod(period: string, value: bigint, limit: bigint): Observation {
  return { value, limit, crossed: value > limit, recovered: false, period };
}

/**
 * Where an alert goes from what is seen, and whether it is told now. The same sight twice changes nothing the second
 * time; what is not known changes nothing at all, and neither does news of a day or month before the last one.
 */
export function nextAlert(
  row: AlertRow,
  seen: Observation | undefined,
  mayTell: boolean,
): { row: AlertRow; tell: boolean } {
  if (!seen || (row.period !== null && seen.period !== null && seen.period < row.period)) {
    return { row, tell: false };
  }
  const state = seen.period === row.period ? row.state : 'armed';
  const to = (next: AlertState, tell = false) => {
    const moved = next === state ? state : alertMachine.move(state, next);
    return { row: { ...row, state: moved, period: seen.period }, tell };
  };
  switch (state) {
    case 'armed':
      if (!seen.crossed) return to('armed');
      return mayTell ? to('raised', true) : to('held');
    case 'held':
      if (!seen.crossed) return to('armed');
      return mayTell ? to('raised', true) : to('held');
    case 'raised':
      return to(seen.recovered ? 'armed' : 'raised');
    default:
      return unreachable(state);
  }
}
