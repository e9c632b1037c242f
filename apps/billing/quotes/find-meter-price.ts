import { Injectable } from '@nestjs/common';
import { DataSource, In, LessThanOrEqual } from 'typeorm';
import { Clock, dayIn, hourIn, type Id, ok, Problem, refuse, type Result, unwrap } from '#kernel';
import { MAX_TIME } from '#tokens';
import { LookupLimits } from '../meters/lookup-limits.js';
import { Meter } from '../meters/meter.entity.js';
import { isMistyped } from '../meters/meter-number.rules.js';
import { whyNotSold } from '../meters/meter.rules.js';
import { MeterMonth, meterMonthId } from '../meters/meter-month.entity.js';
import { amountForUnits, type Start } from '../tariffs/price.rules.js';
import { Tariff } from '../tariffs/tariff.entity.js';
import { TariffVersion } from '../tariffs/tariff-version.entity.js';
import { DAY, readTerms, type Terms } from '../tariffs/terms.rules.js';
import { MeterKeys } from '../vends/meter-keys.entity.js';
import { recentMonths } from './basis.rules.js';
import { carriedByToken } from './carried.rules.js';

/** All that the price of electricity for a meter depends on at this moment. */
export interface MeterPrice {
  meter: Meter;
  tariff: Tariff;
  tariffVersion: string;
  terms: Terms;
  start: Start;
  /** `2026-11`, in the utility's time zone. */
  month: string;
  /** Those whose fixed charge is due. */
  fixedMonths: string[];
}

/**
 * Finds a meter and what is sold for it now. Refusals: meter_number_invalid (nobody has it, and its check digit is
 * wrong), meter_unknown, rate_limited (too many of either), meter_suspended, meter_blocked, conflict (its tariff has
 * no prices yet, or is for meters of another kind).
 */
@Injectable()
export class FindMeterPrice {
  constructor(
    private readonly dataSource: DataSource,
    private readonly clock: Clock,
    private readonly limits: LookupLimits,
  ) {}

  async run(callerId: Id, number: string): Promise<Result<MeterPrice>> {
    const meter = await this.dataSource.getRepository(Meter).findOneBy({ number });
    if (!meter) return this.unknown(callerId, number);
    const closed = whyNotSold(meter);
    if (closed) return refuse(closed);
    const tariff = await this.dataSource.getRepository(Tariff).findOneByOrFail({ id: meter.tariffId });
    const now = this.clock.now();
    const today = dayIn(tariff.timeZone, now);
    const version = await this.dataSource.getRepository(TariffVersion).findOne({
      where: { tariffId: tariff.id, validFrom: LessThanOrEqual(today) },
      order: { validFrom: 'DESC' },
    });
    if (!version) return refuse(new Problem('conflict', 'this meter’s tariff has no prices yet'));
    const terms = unwrap(readTerms(version.terms, tariff.currency));
    if ((terms.unit === 'day') !== (meter.kind === 'openpaygo'))
      return refuse(new Problem('conflict', 'this meter’s tariff is for meters of another kind'));
    const month = today.slice(0, 7);
    const { boughtWh, fixedMonths } = await this.counters(meter, terms, month);
    const start = {
      boughtWh,
      fixedMonths: fixedMonths.length,
      arrears: meter.arrears,
      hour: hourIn(tariff.timeZone, now),
      ...(meter.kind === 'sts' && { carried: carriedByToken }),
    };
    const limited = terms.unit === 'day' ? await this.limitedToOneCode(meter, terms, start) : terms;
    return ok({ meter, tariff, tariffVersion: version.id, terms: limited, start, month, fixedMonths });
  }

  /** A code carries so many steps of time and no more: whoever pays for more would get nothing. */
  private async limitedToOneCode(meter: Meter, terms: Terms, start: Start): Promise<Terms> {
    const keys = await this.dataSource.getRepository(MeterKeys).findOneBy({ meterNumber: meter.number });
    if (!keys?.paygo) return terms;
    const mostDays = Math.floor(MAX_TIME / keys.paygo.timeDivider);
    const tooMuch = amountForUnits(BigInt(mostDays + 1) * DAY, terms, start);
    return tooMuch > terms.maximum ? terms : { ...terms, maximum: tooMuch - 1n };
  }

  /** Each wrong number counts as a lookup: whoever tries one after the other would find those that exist. */
  private async unknown(callerId: Id, number: string): Promise<Result<never>> {
    const free = await this.limits.take(callerId);
    if (!free.ok) return free;
    return refuse(new Problem(isMistyped(number) ? 'meter_number_invalid' : 'meter_unknown'));
  }

  private async counters(meter: Meter, { charges }: Terms, month: string) {
    const fixed = charges.find((it) => it.kind === 'fixed');
    const chargeable = fixed ? recentMonths(month, fixed.monthsAtMost, meter.chargedFrom) : [];
    const ids = [...new Set([...chargeable, month])].map((it) => meterMonthId(meter.number, it));
    const rows = await this.dataSource.getRepository(MeterMonth).findBy({ id: In(ids) });
    const charged = new Set(rows.flatMap((it) => (it.fixedBillId === null ? [] : [it.month])));
    return {
      boughtWh: rows.find((it) => it.month === month)?.wattHours ?? 0n,
      fixedMonths: chargeable.filter((it) => !charged.has(it)),
    };
  }
}
