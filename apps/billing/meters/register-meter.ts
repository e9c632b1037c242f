import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { MeterChanged } from '#contracts';
import { dayIn, Money, newId, ok, Problem, refuse, type Result } from '#kernel';
import type { Tx } from '#messaging';
import { UnitOfWork } from '#persistence';
import type { UserCaller } from '#service-host';
import { invalid } from '../bills/bill.rules.js';
import { Tariff } from '../tariffs/tariff.entity.js';
import { Meter } from './meter.entity.js';
import { isMeterNumber } from './meter-number.rules.js';
import type { RegisterMeterBody } from './registry.dto.js';

/**
 * Writes a meter into the registry, or what has changed of it; the same again changes nothing. `arrears` is the debt as
 * the utility's books have it, with purchases under way already taken off. Refusals: meter_number_invalid (not a number
 * of its kind), validation_failed (also a tariff that nobody knows).
 */
@Injectable()
export class RegisterMeter {
  constructor(
    private readonly dataSource: DataSource,
    private readonly work: UnitOfWork<Tx>,
  ) {}

  async run(caller: UserCaller, number: string, body: RegisterMeterBody): Promise<Result<Meter>> {
    const { kind = 'sts', status = 'active', holderName, area, tariffId } = body;
    if (!isMeterNumber(number, kind)) return refuse(new Problem('meter_number_invalid'));
    const tariff = await this.dataSource.getRepository(Tariff).findOneBy({ id: tariffId });
    if (!tariff) return refuse(invalid('tariffId', 'nobody knows this tariff'));
    const arrears = body.arrears === undefined ? undefined : Money.parse(body.arrears, tariff.currency);
    if (arrears && (!arrears.ok || arrears.value.minor < 0n))
      return refuse(invalid('arrears', 'must be an amount from zero'));
    const debt = arrears?.ok ? arrears.value.minor : undefined;
    return this.work.run(caller, async (tx) => {
      const known = { holderName, area, tariffId, kind, status };
      const chargedFrom = dayIn(tariff.timeZone, tx.now).slice(0, 7);
      const fresh = await tx.insertIfAbsent(Meter, { number, ...known, arrears: debt ?? 0n, chargedFrom });
      const meter = await tx.get(Meter, number);
      const changes = { ...known, ...(debt !== undefined && { arrears: debt }) };
      const differs = (Object.keys(changes) as (keyof typeof changes)[]).some(
        (it) => meter[it] !== changes[it],
      );
      if (!fresh && !differs) return ok(meter);
      if (!fresh) tx.set(meter, changes);
      const fact = { meterNumber: number, tariffId, status, changedBy: caller.userId };
      tx.publish(MeterChanged, newId(tx.now.getTime()), fact);
      return ok(meter);
    });
  }
}
