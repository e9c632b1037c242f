import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Clock } from '#kernel';
import { Metrics } from '#service-host';

/** A hold never expires by itself, so an old one is somebody's money that waits for somebody. */
@Injectable()
export class WatchHolds {
  constructor(
    private readonly dataSource: DataSource,
    private readonly clock: Clock,
    metrics: Metrics,
  ) {
    metrics.watch('wattline_holds_oldest_seconds', 'Age of the oldest open hold', () => this.oldest());
  }

  private async oldest(): Promise<number> {
    const [row] = await this.dataSource.query<{ placed: Date | null }[]>(
      `SELECT min(placed_at) AS placed FROM holds WHERE state = 'held'`,
    );
    if (!row?.placed) return 0;
    return Math.max(0, (this.clock.now().getTime() - row.placed.getTime()) / 1000);
  }
}
