import { Inject, Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Clock, dayIn, newId, Rounds } from '#kernel';
import type { Tx } from '#messaging';
import { UnitOfWork } from '#persistence';
import { LOG, type Log, SETTINGS } from '#service-host';
import type { BillingSettings } from '../billing-settings.js';
import { releaseVouchers } from './release-vouchers.js';
import { Voucher, VoucherBatch } from './voucher.entity.js';
import { voucherMachine } from './voucher.machine.js';
import { isExpired } from './voucher.rules.js';

const EVERY_MILLIS = 60_000;
const TOGETHER = 200;

/** Gives back the value of vouchers whose last day is over. Late, it changes nothing: redeeming looks at the day too. */
@Injectable()
export class ExpireVouchers implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly rounds = new Rounds(
    () => this.runOnce(),
    (error) => this.log.warn({ err: error }, 'vouchers could not be expired this time'),
  );

  constructor(
    private readonly dataSource: DataSource,
    private readonly work: UnitOfWork<Tx>,
    private readonly clock: Clock,
    @Inject(SETTINGS) private readonly settings: BillingSettings,
    @Inject(LOG) private readonly log: Log,
  ) {}

  onApplicationBootstrap(): void {
    this.rounds.start(EVERY_MILLIS);
  }

  onApplicationShutdown(): Promise<void> {
    return this.rounds.stop();
  }

  /** The number of vouchers that expired. */
  async runOnce(): Promise<number> {
    const today = dayIn(this.settings.TIME_ZONE, this.clock.now());
    for (let expired = 0; ;) {
      const due = await this.dataSource.query<{ id: string; batchId: string }[]>(
        `SELECT v.id, v.batch_id AS "batchId" FROM voucher_batches b JOIN vouchers v ON v.batch_id = b.id
         WHERE b.state = 'funded' AND b.expires_on < $1 AND v.state = 'unused'
         ORDER BY v.batch_id, v.id LIMIT ${TOGETHER}`,
        [today],
      );
      if (due.length === 0) return expired;
      const { batchId } = due[0]!;
      expired += await this.expire(
        batchId,
        due.filter((it) => it.batchId === batchId).map(({ id }) => id),
        today,
      );
    }
  }

  private expire(batchId: string, ids: string[], today: string): Promise<number> {
    return this.work.run({ correlationId: newId() }, async (tx) => {
      const batch = await tx.get(VoucherBatch, batchId);
      const vouchers = await Promise.all(ids.map((id) => tx.get(Voucher, id)));
      const due = vouchers.filter(({ state }) => state === 'unused' && isExpired(batch, today));
      for (const voucher of due) {
        tx.set(voucher, { state: voucherMachine.move(voucher.state, 'expired'), endedAt: tx.now });
      }
      releaseVouchers(batch, due.length, { why: 'expired' }, tx);
      return due.length;
    });
  }
}
