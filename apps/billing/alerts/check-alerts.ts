import { Inject, Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { MeterAlertRaised } from '#contracts';
import { Clock, type Currency, dayIn, newId } from '#kernel';
import type { Tx } from '#messaging';
import { UnitOfWork } from '#persistence';
import { LOG, type Log } from '#service-host';
import { addDays, daysBetween, monthsBetween } from '../consumption/calendar.rules.js';
import { daysLeft } from '../consumption/forecast.rules.js';
import { type History, outlookOf, ReadHistory } from '../consumption/read-history.js';
import { usedBetween } from '../consumption/register.rules.js';
import { SavedMeter } from '../meters/saved-meter.entity.js';
import { AlertBell } from './alert-bell.js';
import { type Alert, ALERTS, type MeterFacts, nextAlert, observe } from './alert.rules.js';
import { inWords } from './alert-words.rules.js';
import { MeterAlerts, quietHoursOf, stateOf } from './meter-alerts.entity.js';
import { quietUntil } from './quiet-hours.rules.js';

const HOUR = 3_600_000;
const SWEEP_MILLIS = 5_000;
const AT_ONCE = 20;
/** An estimate falls with the time, without any news. */
const EVERY = HOUR;
/** The same alert twice within it would be pestering, whatever its limit is set to meanwhile. */
const PAUSE = HOUR;

/**
 * Looks at the alerts of meters of which something is new, and at all others once an hour. It is taken from the list
 * before it is looked at: what happens meanwhile puts it there again, and a process that dies has looked an hour late.
 */
@Injectable()
export class CheckAlerts implements OnApplicationBootstrap, OnModuleDestroy {
  private timer: NodeJS.Timeout | undefined;
  private checking: Promise<void> | undefined;
  private readonly rung = new Set<string>();
  private wanted = false;
  private stopped = false;

  constructor(
    private readonly dataSource: DataSource,
    private readonly work: UnitOfWork<Tx>,
    private readonly readHistory: ReadHistory,
    private readonly clock: Clock,
    private readonly bell: AlertBell,
    @Inject(LOG) private readonly log: Log,
  ) {}

  onApplicationBootstrap(): void {
    this.bell.onRing((meterNumber) => {
      this.rung.add(meterNumber);
      void this.soon();
    });
    this.timer = setInterval(() => void this.soon(), SWEEP_MILLIS).unref();
  }

  async onModuleDestroy(): Promise<void> {
    this.stopped = true;
    clearInterval(this.timer);
    await this.checking;
  }

  /** Looks at all that are due, a few at a time. */
  async runOnce(): Promise<void> {
    await this.markRung();
    for (let taken = AT_ONCE; taken === AT_ONCE && !this.stopped;) {
      const due = await this.take();
      taken = due.length;
      await Promise.all(due.map(({ id }) => this.checkOrLog(id)));
    }
  }

  /** Looks once more if a look is under way; done when nothing is due any more. */
  async soon(): Promise<void> {
    this.wanted = true;
    if (this.stopped) return;
    this.checking ??= this.runWhileWanted()
      .catch((error: unknown) => this.log.warn({ err: error }, 'alerts could not be checked this time'))
      .finally(() => (this.checking = undefined));
    await this.checking;
  }

  private async runWhileWanted(): Promise<void> {
    while (this.wanted && !this.stopped) {
      this.wanted = false;
      await this.runOnce();
    }
  }

  private async markRung(): Promise<void> {
    const numbers = [...this.rung];
    if (numbers.length === 0) return;
    this.rung.clear();
    await this.dataSource.query(
      'UPDATE meter_alerts SET check_at = $2 WHERE meter_number = ANY($1) AND check_at > $2',
      [numbers, this.clock.now()],
    );
  }

  private async take(): Promise<{ id: string }[]> {
    const now = this.clock.now();
    const [due] = await this.dataSource.query<[{ id: string }[], number]>(
      `UPDATE meter_alerts a SET check_at = $2
       FROM (SELECT id FROM meter_alerts WHERE check_at <= $1 ORDER BY check_at LIMIT ${AT_ONCE}
             FOR UPDATE SKIP LOCKED) due
       WHERE a.id = due.id RETURNING a.id`,
      [now, new Date(now.getTime() + EVERY)],
    );
    return due;
  }

  /** One that cannot be looked at is tried again in an hour, and keeps no other waiting. */
  private async checkOrLog(id: string): Promise<void> {
    await this.check(id).catch((error: unknown) =>
      this.log.warn({ err: error, meterId: id }, 'the alerts of a meter could not be checked'),
    );
  }

  private async check(id: string): Promise<void> {
    const saved = await this.dataSource.getRepository(SavedMeter).findOneBy({ id });
    if (saved?.status !== 'active') return;
    const history = await this.readHistory.of(saved);
    const facts = factsOf(history, this.clock.now());
    await this.work.run({ correlationId: newId() }, async (tx) => {
      const alerts = await tx.load(MeterAlerts, id);
      if (alerts) judge(alerts, facts, history.currency, tx);
    });
  }
}

/** Moves each alert, and tells of those that were crossed. Held ones are looked at again when they may be told. */
function judge(alerts: MeterAlerts, facts: MeterFacts, currency: Currency, tx: Tx): void {
  const now = tx.now.getTime();
  const quiet = quietUntil(quietHoursOf(alerts), now);
  const states = { ...alerts.states };
  let checkAt = alerts.checkAt.getTime();
  for (const alert of ALERTS) {
    const before = stateOf(alerts, alert);
    const rested = before.raisedAt === null ? 0 : Date.parse(before.raisedAt) + PAUSE;
    const from = Math.max(quiet ?? 0, rested);
    const seen = observe(alert, alerts, facts);
    const { row, tell } = nextAlert(before, seen, from <= now);
    states[alert] = tell ? { ...row, raisedAt: tx.now.toISOString() } : row;
    if (row.state === 'held' && from > now) checkAt = Math.min(checkAt, from);
    if (tell && seen) raise(alerts, alert, inWords(alert, seen, currency), tx);
  }
  tx.set(alerts, { states, checkAt: new Date(checkAt) });
}

function raise(alerts: MeterAlerts, alert: Alert, words: ReturnType<typeof inWords>, tx: Tx): void {
  const { id: meterId, ownerId, meterNumber, sms, app } = alerts;
  if (sms || app)
    tx.publish(MeterAlertRaised, meterId, { meterId, ownerId, meterNumber, alert, ...words, sms, app });
}

/** Days are of the meter's time, which may be ahead of ours in a demo; purchases are of ours. */
function factsOf(history: History, ourNow: Date): MeterFacts {
  const { timeZone, curve, purchases, now } = history;
  const { balance, daily } = outlookOf(history);
  const today = dayIn(timeZone, new Date(now));
  const days = daysBetween(timeZone, addDays(today, -1), today);
  const present = dayIn(timeZone, ourNow).slice(0, 7);
  const [month] = monthsBetween(timeZone, present, present);
  const spent = purchases.filter(({ at }) => at >= month!.from && at < month!.to);
  return {
    balanceWh: balance?.wattHours,
    daysLeft: balance && daysLeft(balance.wattHours, daily),
    days: days.flatMap(({ name, from, to }) => {
      const use = usedBetween(curve, from, to);
      return use ? [{ name, usedWh: use.wattHours }] : [];
    }),
    month: { name: month!.name, spent: spent.reduce((sum, { paid }) => sum + (paid ?? 0n), 0n) },
  };
}
