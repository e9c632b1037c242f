import { Injectable } from '@nestjs/common';
import { DataSource, In, LessThan } from 'typeorm';
import { type Id, isId, maskName, Money, ok, Problem, refuse, type Result } from '#kernel';
import { cursorId, type PageQuery, pageOf } from '#service-host';
import { FindMeterPrice } from '../quotes/find-meter-price.js';
import { leastAmount } from '../tariffs/price.rules.js';
import { LookupLimits } from './lookup-limits.js';
import { Meter } from './meter.entity.js';
import { type MeterLookup, savedMeterView, type SavedMeterPage, type SavedMeterView } from './meters.dto.js';
import { SavedMeter } from './saved-meter.entity.js';
import { WarnPayer } from './warn-payer.js';

/** The meters on somebody's own list, and any meter by its number. */
@Injectable()
export class FindMeters {
  constructor(
    private readonly dataSource: DataSource,
    private readonly limits: LookupLimits,
    private readonly findMeterPrice: FindMeterPrice,
    private readonly warnPayer: WarnPayer,
  ) {}

  async one(ownerId: Id, id: string): Promise<Result<SavedMeterView>> {
    const saved = isId(id)
      ? await this.dataSource.getRepository(SavedMeter).findOneBy({ id, ownerId })
      : null;
    if (!saved) return refuse(new Problem('not_found'));
    const meter = await this.dataSource.getRepository(Meter).findOneByOrFail({ number: saved.number });
    return ok(savedMeterView(saved, meter));
  }

  /** Newest first. */
  async page(ownerId: Id, query: PageQuery): Promise<SavedMeterPage> {
    const rows = await this.dataSource.getRepository(SavedMeter).find({
      where: { ownerId, id: LessThan(cursorId(query)) },
      order: { id: 'DESC' },
      take: query.limit + 1,
    });
    const meters = await this.dataSource
      .getRepository(Meter)
      .findBy({ number: In(rows.map((it) => it.number)) });
    const byNumber = new Map(meters.map((it) => [it.number, it]));
    return pageOf(rows, query.limit, (saved) => savedMeterView(saved, byNumber.get(saved.number)!));
  }

  /** Whose meter it is, masked, and what can be paid. Refusals: rate_limited, and those of FindMeterPrice. */
  async lookUp(callerId: Id, number: string): Promise<Result<MeterLookup>> {
    const free = await this.limits.take(callerId);
    if (!free.ok) return free;
    const found = await this.findMeterPrice.run(callerId, number);
    if (!found.ok) return found;
    const { meter, tariff, terms, start } = found.value;
    const money = (minor: bigint) => Money.ofMinor(minor, tariff.currency).toJSON();
    return ok({
      number,
      name: maskName(meter.holderName),
      area: meter.area,
      tariff: tariff.name,
      minimum: money(leastAmount(terms, start)),
      maximum: money(terms.maximum),
      arrears: money(meter.arrears),
      warnings: await this.warnPayer.run(callerId, number),
    });
  }
}
