import { Injectable } from '@nestjs/common';
import { TariffChanged } from '#contracts';
import { dayIn, newId, ok, Problem, refuse, type Result } from '#kernel';
import type { Tx } from '#messaging';
import { UnitOfWork } from '#persistence';
import type { UserCaller } from '#service-host';
import { whyNoDay } from '../bills/bill.rules.js';
import { Tariff } from './tariff.entity.js';
import { TariffVersion, versionId } from './tariff-version.entity.js';
import type { DefineTariffBody, PriceTariffBody } from './tariffs.dto.js';
import { readTerms } from './terms.rules.js';

const ID = /^[a-z0-9][a-z0-9-]{1,39}$/;

/** Defines tariffs and adds versions of their prices. */
@Injectable()
export class DefineTariff {
  constructor(private readonly work: UnitOfWork<Tx>) {}

  /** Refusals: validation_failed; conflict: currency and time zone never change. */
  async define(caller: UserCaller, id: string, body: DefineTariffBody): Promise<Result<void>> {
    if (!ID.test(id))
      return refuse(new Problem('validation_failed', 'a tariff is named by small letters, digits, dashes'));
    return this.work.run(caller, async (tx) => {
      const { name, utility, customerClass, currency, timeZone } = body;
      const named = { name, utility, customerClass };
      const fresh = await tx.insertIfAbsent(Tariff, { id, ...named, currency, timeZone });
      const tariff = await tx.get(Tariff, id);
      if (tariff.currency !== currency || tariff.timeZone !== timeZone)
        return refuse(new Problem('conflict', 'currency and time zone of a tariff never change'));
      if (!fresh) tx.set(tariff, named);
      tx.publish(TariffChanged, newId(tx.now.getTime()), { tariffId: id, changedBy: caller.userId });
      return ok(undefined);
    });
  }

  /**
   * The terms from a day on. Refusals: not_found (the tariff), validation_failed, conflict: what has been in force for
   * a day is what receipts name, so only a tariff's first version may begin before tomorrow.
   */
  async price(
    caller: UserCaller,
    tariffId: string,
    validFrom: string,
    body: PriceTariffBody,
  ): Promise<Result<void>> {
    return this.work.run(caller, async (tx) => {
      const tariff = await tx.load(Tariff, tariffId);
      if (!tariff) return refuse(new Problem('not_found'));
      const noDay = whyNoDay('validFrom', validFrom);
      if (noDay) return refuse(noDay);
      const terms = readTerms(body.terms, tariff.currency);
      if (!terms.ok) return terms;
      const others = await tx.query<{ id: string }>('SELECT id FROM tariff_versions WHERE tariff_id = $1', [
        tariffId,
      ]);
      const id = versionId(tariffId, validFrom);
      if (others.length > 0 && validFrom <= dayIn(tariff.timeZone, tx.now))
        return refuse(
          new Problem('conflict', 'prices that are in force are not changed: add some from tomorrow on'),
        );
      const version = { id, tariffId, validFrom, terms: body.terms };
      if (!(await tx.insertIfAbsent(TariffVersion, version)))
        tx.set(await tx.get(TariffVersion, id), { terms: body.terms });
      tx.publish(TariffChanged, newId(tx.now.getTime()), { tariffId, version: id, changedBy: caller.userId });
      return ok(undefined);
    });
  }
}
