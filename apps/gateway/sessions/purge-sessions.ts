import { Inject, Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Clock, Rounds } from '#kernel';
import { LOG, type Log } from '#service-host';

const EVERY_MILLIS = 3_600_000;
const ROWS_AT_ONCE = 1_000;

/** Deletes sessions that are over by their date; what was revoked stays until then, so that reuse is noticed. */
@Injectable()
export class PurgeSessions implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly rounds = new Rounds(
    () => this.run(),
    (error) => this.log.warn({ err: error }, 'old sessions could not be deleted'),
  );

  constructor(
    private readonly dataSource: DataSource,
    private readonly clock: Clock,
    @Inject(LOG) private readonly log: Log,
  ) {}

  onApplicationBootstrap(): void {
    this.rounds.start(EVERY_MILLIS);
  }

  onModuleDestroy(): Promise<void> {
    return this.rounds.stop();
  }

  /** Refresh tokens go with their session (ON DELETE CASCADE). */
  async run(): Promise<void> {
    for (let deleted = ROWS_AT_ONCE; deleted === ROWS_AT_ONCE;) {
      const [, count] = await this.dataSource.query<[unknown[], number]>(
        `DELETE FROM sessions WHERE id IN
           (SELECT id FROM sessions WHERE expires_at <= $1 LIMIT ${ROWS_AT_ONCE} FOR UPDATE SKIP LOCKED)`,
        [this.clock.now()],
      );
      deleted = count;
    }
  }
}
