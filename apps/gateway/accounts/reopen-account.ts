import { Inject, Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { ClosePerson } from '#contracts';
import { Clock, newId, Rounds } from '#kernel';
import type { Tx } from '#messaging';
import { UnitOfWork, type WorkContext } from '#persistence';
import { InternalClient, LOG, type Log } from '#service-host';
import { AccountClosing, type ClosingState } from './account-closing.entity.js';

const EVERY_MILLIS = 15_000;
/** Longer than deleting can take: every question that it asks ends after a few seconds. */
const FORGOTTEN_MILLIS = 60_000;

/** Gives an account back that was not deleted after all: at once, or when the process that tried has died. */
@Injectable()
export class ReopenAccount implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly rounds = new Rounds(
    () => this.sweep(),
    (error) => this.log.warn({ err: error }, 'accounts could not be reopened'),
  );

  constructor(
    private readonly dataSource: DataSource,
    private readonly requests: UnitOfWork<Tx>,
    private readonly client: InternalClient,
    private readonly clock: Clock,
    @Inject(LOG) private readonly log: Log,
  ) {}

  onApplicationBootstrap(): void {
    this.rounds.start(EVERY_MILLIS);
  }

  onModuleDestroy(): Promise<void> {
    return this.rounds.stop();
  }

  /** From the first step on this closing erases nothing any more; if payment is away, the sweep goes on later. */
  async run(userId: string, closingId: string, context: WorkContext): Promise<void> {
    if (!(await this.move(userId, closingId, 'reopening', context))) return;
    const body: ClosePerson = { closingId };
    const path = `/internal/people/${userId}/reopen`;
    const reopened = await this.client.call<void>('payment', 'POST', path, context, body);
    if (reopened.ok) await this.move(userId, closingId, 'reopened', context);
    else this.log.warn({ correlationId: context.correlationId, userId }, 'an account is not reopened yet');
  }

  async sweep(): Promise<void> {
    const forgotten = await this.dataSource.query<{ user_id: string; closing_id: string }[]>(
      `SELECT user_id, closing_id FROM account_closings
       WHERE state IN ('closing', 'reopening') AND since <= $1 ORDER BY since LIMIT 100`,
      [new Date(this.clock.now().getTime() - FORGOTTEN_MILLIS)],
    );
    for (const { user_id: userId, closing_id: closingId } of forgotten)
      await this.run(userId, closingId, { correlationId: newId() });
  }

  private move(
    userId: string,
    closingId: string,
    state: ClosingState,
    context: WorkContext,
  ): Promise<boolean> {
    return this.requests.run(context, async (tx) => {
      const closing = await tx.load(AccountClosing, userId);
      const isOpen = closing?.state === 'closing' || closing?.state === 'reopening';
      if (!closing || closing.closingId !== closingId || !isOpen) return false;
      tx.set(closing, { state, since: tx.now });
      return true;
    });
  }
}
