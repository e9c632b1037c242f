import type { DataSource } from 'typeorm';
import { type Clock, Rounds } from '#kernel';
import {
  type DayPartition,
  daysBetween,
  isOver,
  lowestId,
  partitionNamed,
  startOfDay,
} from './day-partitions.rules.js';
import { addPartition, dropPartition, partitionNames, restOf } from './partitions.js';

export interface HousekeepingOptions {
  /** Days for which events, and the memory that they were handled, are kept. */
  keepDays: number;
  onProblem: (text: string, error: unknown) => void;
  /** What the service itself has to tidy up, at the same times. */
  further?: () => Promise<void>;
}

const DAY_MILLIS = 86_400_000;
const DAYS_AHEAD = 3;
const EVERY_MILLIS = 3600_000;
const EFFECTS_AT_ONCE = 5_000;
const FORGET = 'UPDATE kept SET events_from = greatest(events_from, $1::uuid)';

/**
 * Gives outbox and inbox a partition for each day, and drops whole days instead of deleting rows: what is
 * deleted row by row costs more the fuller the table has been. Nothing that is still open is dropped.
 */
export class Housekeeping {
  private readonly rounds = new Rounds(
    () => this.runOnce(),
    (error) => this.options.onProblem('the housekeeping failed and will be tried again', error),
  );

  constructor(
    private readonly dataSource: DataSource,
    private readonly clock: Clock,
    private readonly options: HousekeepingOptions,
  ) {}

  /** Once now, because events are about to come; afterwards every hour. */
  async start(): Promise<void> {
    await this.runOnce();
    this.rounds.start(EVERY_MILLIS);
  }

  stop(): Promise<void> {
    return this.rounds.stop();
  }

  async runOnce(): Promise<void> {
    await this.addDays('outbox', 'id');
    await this.addDays('inbox', 'event_id');
    await this.dropDays('outbox', (day) => this.dropPublished(day));
    await this.dropDays('inbox', (day) => this.dropHandled(day));
    await this.deleteDoneEffects();
    await this.options.further?.();
  }

  private async addDays(table: string, key: string): Promise<void> {
    const now = this.clock.now().getTime();
    await this.alone(async (manager) => {
      const names = new Set(await partitionNames(manager, table));
      for (const day of daysBetween(table, now - DAY_MILLIS, now + DAYS_AHEAD * DAY_MILLIS)) {
        if (!names.has(day.name)) await addPartition(manager, table, key, day);
      }
    });
  }

  private async dropDays(table: string, drop: (day: DayPartition) => Promise<void>): Promise<void> {
    const now = this.clock.now().getTime();
    for (const name of await partitionNames(this.dataSource, table)) {
      const day = partitionNamed(table, name);
      if (day && isOver(day, now, this.options.keepDays)) await drop(day);
    }
  }

  /** A day with an event that the bus does not have yet stays, and so shows. */
  private async dropPublished({ name, above }: DayPartition): Promise<void> {
    await this.alone(async (manager) => {
      const [open] = await manager.query<{ id: string }[]>(
        `SELECT id FROM ${name} WHERE published_at IS NULL LIMIT 1`,
      );
      if (open) this.options.onProblem(`${name} is kept: event ${open.id} is not published`, undefined);
      if (open) return;
      await dropPartition(manager, 'outbox', name);
      await manager.query(FORGET, [above]);
    });
  }

  /** What waits for a retry or an operator is kept; from then on, older events are refused. */
  private async dropHandled({ name, above }: DayPartition): Promise<void> {
    await this.alone(async (manager) => {
      await dropPartition(manager, 'inbox', name, "state IN ('retry', 'dead')");
      await manager.query(FORGET, [above]);
      // What lies in the rest and is done has left the time in which it could come again.
      await manager.query(
        `DELETE FROM ${restOf('inbox')} WHERE event_id < $1 AND state IN ('done', 'discarded')`,
        [above],
      );
    });
  }

  private async deleteDoneEffects(): Promise<void> {
    const before = new Date(startOfDay(this.clock.now().getTime()) - this.options.keepDays * DAY_MILLIS);
    for (;;) {
      const [, deleted] = await this.dataSource.query<[unknown, number]>(
        `DELETE FROM effects WHERE reference IN
           (SELECT reference FROM effects WHERE state = 'done' AND created_at < $1 LIMIT ${EFFECTS_AT_ONCE})`,
        [before],
      );
      if (deleted < EFFECTS_AT_ONCE) return;
    }
  }

  /** One instance of the service at a time. */
  private async alone(action: (manager: DataSource['manager']) => Promise<void>): Promise<void> {
    await this.dataSource.transaction(async (manager) => {
      await manager.query(
        `SELECT pg_advisory_xact_lock(hashtext('wattline housekeeping ' || current_schema()))`,
      );
      await action(manager);
    });
  }
}

/** Events that are older than this may have been handled and forgotten: to handle them could be the second time. */
export function oldestWelcome(clock: Clock, keepDays: number): string {
  return lowestId(startOfDay(clock.now().getTime()) - keepDays * DAY_MILLIS);
}
