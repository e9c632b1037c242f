import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { isId, ok, Problem, refuse, type Result } from '#kernel';
import type { Tx } from '#messaging';
import { UnitOfWork } from '#persistence';
import type { UserCaller } from '#service-host';
import { Meter } from './meter.entity.js';
import { type ChangeSavedMeterBody, savedMeterView, type SavedMeterView } from './meters.dto.js';
import { SavedMeter } from './saved-meter.entity.js';

/** Changes or removes a meter on the caller's own list. Refusals: validation_failed, not_found (also a stranger's). */
@Injectable()
export class ChangeSavedMeter {
  constructor(
    private readonly dataSource: DataSource,
    private readonly work: UnitOfWork<Tx>,
  ) {}

  async run(caller: UserCaller, id: string, body: ChangeSavedMeterBody): Promise<Result<SavedMeterView>> {
    const { name, ...others } = body;
    const changes = { ...others, ...(name !== undefined && { name: name.trim() }) };
    if (Object.keys(changes).length === 0)
      return refuse(new Problem('validation_failed', 'nothing to change'));
    if (!isId(id)) return refuse(new Problem('not_found'));
    const saved = await this.work.run(caller, async (tx) => {
      const row = await tx.load(SavedMeter, id);
      return row?.ownerId === caller.userId ? tx.set(row, changes) : undefined;
    });
    if (!saved) return refuse(new Problem('not_found'));
    const meter = await this.dataSource.getRepository(Meter).findOneByOrFail({ number: saved.number });
    return ok(savedMeterView(saved, meter));
  }

  async remove(caller: UserCaller, id: string): Promise<Result<void>> {
    if (!isId(id)) return refuse(new Problem('not_found'));
    const gone = await this.dataSource.getRepository(SavedMeter).delete({ id, ownerId: caller.userId });
    return gone.affected ? ok(undefined) : refuse(new Problem('not_found'));
  }
}
