import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { newId, ok, Problem, refuse, type Result } from '#kernel';
import type { Tx } from '#messaging';
import { UnitOfWork } from '#persistence';
import type { UserCaller } from '#service-host';
import { MeterSeries, reportedSeries } from '../consumption/meter-series.entity.js';
import { LookupLimits } from './lookup-limits.js';
import { Meter } from './meter.entity.js';
import { isMistyped } from './meter-number.rules.js';
import { type SaveMeterBody, savedMeterView, type SavedMeterView } from './meters.dto.js';
import { SavedMeter } from './saved-meter.entity.js';

/**
 * Puts a meter on the caller's list. Refusals: meter_number_invalid, meter_unknown, rate_limited (it tells whose meter
 * it is, as a lookup does), conflict (it is on the list).
 */
@Injectable()
export class SaveMeter {
  constructor(
    private readonly dataSource: DataSource,
    private readonly work: UnitOfWork<Tx>,
    private readonly limits: LookupLimits,
  ) {}

  async run(caller: UserCaller, body: SaveMeterBody): Promise<Result<SavedMeterView>> {
    const { number } = body;
    const free = await this.limits.take(caller.userId);
    if (!free.ok) return free;
    const meter = await this.dataSource.getRepository(Meter).findOneBy({ number });
    if (!meter) return refuse(new Problem(isMistyped(number) ? 'meter_number_invalid' : 'meter_unknown'));
    return this.work.run(caller, async (tx) => {
      const saved: SavedMeter = {
        id: newId(tx.now.getTime()),
        ownerId: caller.userId,
        number,
        name: body.name?.trim() ?? null,
        buildingId: body.buildingId ?? null,
        departmentId: body.departmentId ?? null,
        status: 'active',
        createdAt: tx.now,
      };
      const fresh = await tx.insertIfAbsent(SavedMeter, saved);
      if (fresh) await tx.insertIfAbsent(MeterSeries, reportedSeries(number, tx.now));
      return fresh
        ? ok(savedMeterView(saved, meter))
        : refuse(new Problem('conflict', 'this meter is on your list'));
    });
  }
}
