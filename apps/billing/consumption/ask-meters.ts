import { Inject, Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Clock, newId, type Result, Rounds } from '#kernel';
import type { Tx } from '#messaging';
import { UnitOfWork } from '#persistence';
import { LOG, type Log, SETTINGS } from '#service-host';
import type { BillingSettings } from '../billing-settings.js';
import { askMeter } from './meter-line.js';
import { MeterSeries } from './meter-series.entity.js';
import { checkReadings } from './readings.rules.js';
import type { Reading } from './register.rules.js';
import { type Stored, StoreReadings } from './store-readings.js';

const SWEEP_MILLIS = 1_000;
const AT_ONCE = 16;
/** In one turn; what is left of a long silence comes in the next ones. */
const PAGES = 4;
const HOUR = 3_600_000;

/**
 * Asks meters that report for what is new, each from where its readings end. The next turn is set before this one is
 * asked, so that a meter which does not answer, or a process that dies, has been asked once less.
 */
@Injectable()
export class AskMeters implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly rounds = new Rounds(
    () => this.runOnce(),
    (error) => this.log.warn({ err: error }, 'meters could not be asked this time'),
  );
  private stopped = false;

  constructor(
    private readonly dataSource: DataSource,
    private readonly work: UnitOfWork<Tx>,
    private readonly storeReadings: StoreReadings,
    private readonly clock: Clock,
    @Inject(SETTINGS) private readonly settings: BillingSettings,
    @Inject(LOG) private readonly log: Log,
  ) {}

  /** Nobody is asked where there is no line. */
  onApplicationBootstrap(): void {
    if (this.settings.METER_READINGS_URL === '') return;
    this.rounds.start(SWEEP_MILLIS);
  }

  async onModuleDestroy(): Promise<void> {
    this.stopped = true;
    await this.rounds.stop();
  }

  /** Asks every meter whose turn it is. */
  async runOnce(): Promise<void> {
    for (let taken = AT_ONCE; taken === AT_ONCE && !this.stopped;) {
      const due = await this.take();
      taken = due.length;
      await Promise.all(due.map((series) => this.askOrLog(series)));
    }
  }

  /** Meters that somebody has on their list: of the others nobody wants to know. */
  private async take(): Promise<MeterSeries[]> {
    const now = this.clock.now();
    const [due] = await this.dataSource.query<[MeterSeries[], number]>(
      `UPDATE meter_series m SET next_ask_at = $2
       FROM (SELECT id FROM meter_series WHERE next_ask_at <= $1 ORDER BY next_ask_at LIMIT ${AT_ONCE}
             FOR UPDATE SKIP LOCKED) due
       WHERE m.id = due.id
       RETURNING m.id, m.meter_number AS "meterNumber", m.saved_meter_id AS "savedMeterId", m.read_to AS "readTo",
         CASE WHEN EXISTS (SELECT FROM saved_meters s WHERE s.number = m.meter_number) THEN m.next_ask_at END AS "nextAskAt"`,
      [now, new Date(now.getTime() + this.settings.METER_READINGS_EVERY_MS)],
    );
    return due;
  }

  private async askOrLog(series: MeterSeries): Promise<void> {
    if (series.nextAskAt === null) return this.rest(series.id);
    try {
      await this.ask(series);
    } catch (error) {
      this.log.warn({ err: error, meterNumber: series.meterNumber }, 'a meter was not read this time');
    }
  }

  private async ask(series: MeterSeries): Promise<void> {
    let from = series.readTo;
    for (let page = 0; page < PAGES && !this.stopped; page++) {
      const answer = await askMeter(this.settings.METER_READINGS_URL, series.meterNumber, from);
      if (answer.kind === 'no_such_meter') return this.rest(series.id);
      const { readings, more } = answer;
      const last = readings.at(-1);
      if (!last) return this.meetAgain(series);
      if (!(await this.store(series, readings))) return;
      if (!more) return;
      from = new Date(last.at);
    }
  }

  /** False when they contradict what is stored. */
  private async store(series: MeterSeries, readings: Reading[]): Promise<boolean> {
    const now = this.clock.now().getTime();
    const checked = checkReadings(readings, now, this.isDemo);
    const stored = checked.ok
      ? await this.work.run({ correlationId: newId() }, (tx) => this.storeAsked(series, checked.value, tx))
      : checked;
    if (stored.ok) return true;
    const { id, meterNumber } = series;
    this.log.warn({ meterNumber, code: stored.problem.code }, 'a meter contradicts what it said before');
    await (this.isDemo && stored.problem.code !== 'validation_failed' ? this.forget(id) : this.rest(id));
    return false;
  }

  /** Where the next question begins is what was asked and stored, whatever an operator has sent of later. */
  private async storeAsked(series: MeterSeries, readings: Reading[], tx: Tx): Promise<Result<Stored>> {
    const stored = await this.storeReadings.run(series, readings, tx);
    const newest = readings.at(-1);
    if (!stored.ok || !newest) return stored;
    const row = await tx.get(MeterSeries, series.id);
    if (newest.at > (row.readTo?.getTime() ?? -Infinity)) tx.set(row, { readTo: new Date(newest.at) });
    return stored;
  }

  /**
   * The clock of a simulated meter may have run ahead of ours. When it says nothing new it may also have been made anew
   * by a restart; what it says of the last hour then differs from what is stored.
   */
  private async meetAgain(series: MeterSeries): Promise<void> {
    const now = this.clock.now().getTime();
    if (!this.isDemo || !series.readTo || series.readTo.getTime() <= now) return;
    const answer = await askMeter(
      this.settings.METER_READINGS_URL,
      series.meterNumber,
      new Date(now - HOUR),
      1,
    );
    if (answer.kind === 'readings' && answer.readings.length > 0) await this.store(series, answer.readings);
  }

  /** A simulated meter that was made anew is another one, with the number of the old. */
  private async forget(id: string): Promise<void> {
    await this.work.run({ correlationId: newId() }, async (tx) => {
      const series = await tx.get(MeterSeries, id);
      await tx.query('DELETE FROM meter_readings WHERE series_id = $1', [id]);
      tx.set(series, { readTo: null });
    });
  }

  private async rest(id: string): Promise<void> {
    await this.dataSource.query('UPDATE meter_series SET next_ask_at = $2 WHERE id = $1', [
      id,
      new Date(this.clock.now().getTime() + HOUR),
    ]);
  }

  private get isDemo(): boolean {
    return this.settings.WATTLINE_MODE === 'demo';
  }
}
