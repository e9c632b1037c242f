import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Clock, Energy, isId, ok, Problem, refuse, type Result } from '#kernel';
import type { Tx } from '#messaging';
import { UnitOfWork } from '#persistence';
import type { UserCaller } from '#service-host';
import { SavedMeter } from '../meters/saved-meter.entity.js';
import type { ReadingBody, ReadingsBody } from './consumption.dto.js';
import { ownSeries, reportedSeries } from './meter-series.entity.js';
import { checkReadings } from './readings.rules.js';
import type { Reading } from './register.rules.js';
import { type Stored, StoreReadings } from './store-readings.js';

/**
 * Readings that somebody sends of a meter on their list. An operator's are the utility's: they stand with what the
 * meter reports. Everybody else's are their own, and shown to nobody else: anybody may have a meter on their list.
 */
@Injectable()
export class TakeReadings {
  constructor(
    private readonly dataSource: DataSource,
    private readonly work: UnitOfWork<Tx>,
    private readonly storeReadings: StoreReadings,
    private readonly clock: Clock,
  ) {}

  /** Refusals: not_found, validation_failed, conflict, reading_in_future, reading_backwards; then none is stored. */
  async run(caller: UserCaller, id: string, body: ReadingsBody): Promise<Result<Stored>> {
    const saved = isId(id)
      ? await this.dataSource.getRepository(SavedMeter).findOneBy({ id, ownerId: caller.userId })
      : null;
    if (!saved) return refuse(new Problem('not_found'));
    const now = this.clock.now();
    const given = readAll(body, now);
    if (!given.ok) return given;
    const checked = checkReadings(given.value, now.getTime(), false);
    if (!checked.ok) return checked;
    const series = caller.role === 'operator' ? reportedSeries(saved.number, now) : ownSeries(saved);
    return this.work.run(caller, (tx) => this.storeReadings.run(series, checked.value, tx));
  }
}

function readAll({ readings, ...single }: ReadingsBody, now: Date): Result<Reading[]> {
  if (readings && Object.values(single).some((it) => it !== undefined)) {
    return refuse(invalid('one reading, or a list of readings', '#/readings'));
  }
  const all: Reading[] = [];
  for (const [i, body] of (readings ?? [{ at: now.toISOString(), ...given(single) }]).entries()) {
    const read = readOne(body, readings ? `#/readings/${i}` : '#');
    if (!read.ok) return read;
    all.push(read.value);
  }
  return ok(all);
}

/** Without what is undefined, so that `at` keeps its default. */
const given = (single: object) =>
  Object.fromEntries(Object.entries(single).filter(([, it]) => it !== undefined));

function readOne({ at, totalKwh, creditKwh }: Partial<ReadingBody>, pointer: string): Result<Reading> {
  const [total, credit] = [totalKwh, creditKwh].map((kwh) =>
    kwh === undefined ? undefined : Energy.parse(kwh),
  );
  if (!total && !credit) return refuse(invalid('totalKwh or creditKwh is needed', `${pointer}/totalKwh`));
  if (total && !total.ok) return refuse(invalid(`totalKwh ${NO_KWH}`, `${pointer}/totalKwh`));
  if (credit && !credit.ok) return refuse(invalid(`creditKwh ${NO_KWH}`, `${pointer}/creditKwh`));
  return ok({
    at: Date.parse(at ?? ''),
    totalWh: total?.value.wattHours ?? null,
    creditWh: credit?.value.wattHours ?? null,
  });
}

const NO_KWH = 'must be kilowatt-hours with at most three decimals';

function invalid(detail: string, pointer: string): Problem {
  return new Problem('validation_failed', detail, [{ detail, pointer }]);
}
