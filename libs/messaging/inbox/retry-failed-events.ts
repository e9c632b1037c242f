import type { DataSource } from 'typeorm';
import { LessThanOrEqual } from 'typeorm';
import type { Envelope } from '#contracts';
import { type Clock, Rounds } from '#kernel';
import { failureKind } from '#persistence';
import type { Handle, Inbox } from './inbox.js';
import { InboxRow } from './inbox.entity.js';

const ROWS = 100;

/** Hands events whose retry is due to their handlers again. */
export class RetryFailedEvents {
  private readonly rounds = new Rounds(
    () => this.runOnce(),
    (error) => this.onProblem('failed events could not be retried', error),
  );

  constructor(
    private readonly dataSource: DataSource,
    private readonly inbox: Inbox,
    private readonly handle: Handle,
    private readonly clock: Clock,
    private readonly onProblem: (text: string, error: unknown) => void,
  ) {}

  start(everyMillis = 500): void {
    this.rounds.start(everyMillis);
  }

  stop(): Promise<void> {
    return this.rounds.stop();
  }

  async runOnce(): Promise<void> {
    const due = await this.dataSource.getRepository(InboxRow).find({
      where: { state: 'retry', nextAt: LessThanOrEqual(this.clock.now()) },
      order: { nextAt: 'ASC' },
      take: ROWS,
    });
    await Promise.all(due.map((row) => this.retry(row)));
  }

  private async retry(row: InboxRow): Promise<void> {
    try {
      await this.inbox.handleAgain(row, this.handle);
    } catch (error) {
      if (failureKind(error) === 'connection') throw error; // no attempt: the database is away
      await this.inbox.recordFailure(JSON.parse(row.envelope ?? '{}') as Envelope, error, row.attempts);
    }
  }
}
