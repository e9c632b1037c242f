import { Inject, Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Clock, Rounds } from '#kernel';
import { LOG, type Log } from '#service-host';

const EVERY_MILLIS = 3_600_000;
const KEPT_MILLIS = 30 * 24 * 3_600_000;
const ROWS_AT_ONCE = 1_000;

/** Deletes deliveries after 30 days, and those of endpoints that are gone. */
@Injectable()
export class PurgeDeliveries implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly rounds = new Rounds(
    () => this.run(),
    (error) => this.log.warn({ err: error }, 'old deliveries could not be deleted'),
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

  async run(): Promise<void> {
    const before = new Date(this.clock.now().getTime() - KEPT_MILLIS);
    for (let deleted = ROWS_AT_ONCE; deleted === ROWS_AT_ONCE;) {
      const [, count] = await this.dataSource.query<[unknown[], number]>(
        `DELETE FROM webhook_deliveries WHERE id IN
           (SELECT d.id FROM webhook_deliveries d LEFT JOIN webhook_endpoints e ON e.id = d.endpoint_id
            WHERE d.created_at < $1 OR e.id IS NULL LIMIT ${ROWS_AT_ONCE} FOR UPDATE OF d SKIP LOCKED)`,
        [before],
      );
      deleted = count;
    }
  }
}
