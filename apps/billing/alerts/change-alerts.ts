import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { type Currency, Energy, isId, Money, ok, Problem, refuse, type Result } from '#kernel';
import type { Tx } from '#messaging';
import { UnitOfWork } from '#persistence';
import type { UserCaller } from '#service-host';
import { SavedMeter } from '../meters/saved-meter.entity.js';
import { AlertBell } from './alert-bell.js';
import { ALERTS } from './alert.rules.js';
import type { AlertsBody, AlertsView } from './alerts.dto.js';
import { limitOf, MeterAlerts, rearmed, stateOf } from './meter-alerts.entity.js';

interface Place {
  saved: SavedMeter;
  timeZone: string;
  currency: Currency;
}

type Wishes = Omit<MeterAlerts, 'id' | 'ownerId' | 'meterNumber' | 'states' | 'checkAt'>;

/** What the owner of a saved meter wants to be told of. Refusals: not_found (also a stranger's), validation_failed. */
@Injectable()
export class ChangeAlerts {
  constructor(
    private readonly dataSource: DataSource,
    private readonly work: UnitOfWork<Tx>,
    private readonly bell: AlertBell,
  ) {}

  async show(ownerId: string, id: string): Promise<Result<AlertsView>> {
    const place = await this.place(ownerId, id);
    if (!place.ok) return place;
    const row = await this.dataSource.getRepository(MeterAlerts).findOneBy({ id });
    return ok(alertsView(row ?? newRow(place.value, nothing(place.value), new Date(0)), place.value));
  }

  async run(caller: UserCaller, id: string, body: AlertsBody): Promise<Result<AlertsView>> {
    const place = await this.place(caller.userId, id);
    if (!place.ok) return place;
    const wishes = readWishes(body, place.value);
    if (!wishes.ok) return wishes;
    return this.work.run(caller, async (tx) => {
      const fresh = newRow(place.value, wishes.value, tx.now);
      const isFresh = await tx.insertIfAbsent(MeterAlerts, fresh);
      const row = isFresh ? fresh : await tx.get(MeterAlerts, id);
      if (!isFresh) tx.set(row, { ...wishes.value, states: rearmed(row, wishes.value), checkAt: tx.now });
      tx.afterCommit(() => this.bell.ring(row.meterNumber));
      return ok(alertsView(row, place.value));
    });
  }

  private async place(ownerId: string, id: string): Promise<Result<Place>> {
    const saved = isId(id)
      ? await this.dataSource.getRepository(SavedMeter).findOneBy({ id, ownerId })
      : null;
    if (!saved) return refuse(new Problem('not_found'));
    const [tariff] = await this.dataSource.query<Omit<Place, 'saved'>[]>(
      `SELECT t.time_zone AS "timeZone", t.currency FROM meters m JOIN tariffs t ON t.id = m.tariff_id
       WHERE m.number = $1`,
      [saved.number],
    );
    return ok({ saved, ...tariff! });
  }
}

const nothing = ({ timeZone }: Place): Wishes => ({
  lowBalanceWh: null,
  daysLeft: null,
  dailyUseWh: null,
  monthlyBudget: null,
  quietFrom: null,
  quietTo: null,
  timeZone,
  sms: true,
  app: true,
});

function newRow({ saved }: Place, wishes: Wishes, now: Date): MeterAlerts {
  const { id, ownerId, number: meterNumber } = saved;
  return { id, ownerId, meterNumber, ...wishes, states: {}, checkAt: now };
}

function readWishes(body: AlertsBody, place: Place): Result<Wishes> {
  const lowBalanceWh = readKwh(body.lowBalanceKwh, 'lowBalanceKwh');
  if (!lowBalanceWh.ok) return lowBalanceWh;
  const dailyUseWh = readKwh(body.dailyKwh, 'dailyKwh');
  if (!dailyUseWh.ok) return dailyUseWh;
  const monthlyBudget = readBudget(body.monthlyBudget, place.currency);
  if (!monthlyBudget.ok) return monthlyBudget;
  const { quietFrom = null, quietTo = null, timeZone = place.timeZone, daysLeft = null } = body;
  if ((quietFrom === null) !== (quietTo === null) || (quietFrom !== null && quietFrom === quietTo)) {
    return refuse(invalid('quietFrom and quietTo are two times of the day', 'quietTo'));
  }
  if (!isTimeZone(timeZone)) return refuse(invalid('timeZone must be one, as Africa/Lagos', 'timeZone'));
  const { sms = true, app = true } = body;
  const limits = {
    lowBalanceWh: lowBalanceWh.value,
    daysLeft,
    dailyUseWh: dailyUseWh.value,
    monthlyBudget: monthlyBudget.value,
  };
  return ok({ ...limits, quietFrom, quietTo, timeZone, sms, app });
}

function readKwh(given: string | number | undefined, name: string): Result<bigint | null> {
  if (given === undefined) return ok(null);
  const energy = Energy.parse(given);
  if (energy.ok && energy.value.wattHours > 0n) return ok(energy.value.wattHours);
  return refuse(invalid(`${name} must be kilowatt-hours above zero, with at most three decimals`, name));
}

function readBudget(given: string | number | undefined, currency: Currency): Result<bigint | null> {
  if (given === undefined) return ok(null);
  const money = Money.parse(given, currency);
  const most = Money.major(1_000_000_000n, currency).minor;
  if (money.ok && money.value.positive && money.value.minor <= most) return ok(money.value.minor);
  return refuse(invalid(`monthlyBudget must be an amount of ${currency} above zero`, 'monthlyBudget'));
}

function isTimeZone(text: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: text });
    return true;
  } catch {
    return false;
  }
}

function invalid(detail: string, name: string): Problem {
  return new Problem('validation_failed', detail, [{ detail, pointer: `#/${name}` }]);
}

function alertsView(row: MeterAlerts, { currency }: Place): AlertsView {
  const kwh = (wattHours: bigint | null) => (wattHours === null ? null : Energy.ofWattHours(wattHours).kwh);
  const { id, daysLeft, quietFrom, quietTo, timeZone, sms, app, monthlyBudget } = row;
  const alerts = ALERTS.filter((alert) => limitOf[alert](row) !== null).map((alert) => {
    const { state, raisedAt } = stateOf(row, alert);
    return { alert, state, raisedAt };
  });
  return {
    meterId: id,
    lowBalanceKwh: kwh(row.lowBalanceWh),
    daysLeft,
    dailyKwh: kwh(row.dailyUseWh),
    monthlyBudget: monthlyBudget === null ? null : Money.ofMinor(monthlyBudget, currency).toJSON(),
    ...{ quietFrom, quietTo, timeZone, sms, app, alerts },
  };
}
