import { Inject, Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { VoucherCodesMade } from '#contracts';
import { Clock, dayIn, Energy, Money, newId, ok, Problem, refuse, type Result } from '#kernel';
import type { Tx } from '#messaging';
import { UnitOfWork } from '#persistence';
import { readAmount, SETTINGS, type UserCaller } from '#service-host';
import type { BillingSettings } from '../billing-settings.js';
import { invalid, whyNoDueDate } from '../bills/bill.rules.js';
import { issue } from '../bills/create-bill.js';
import { Tariff } from '../tariffs/tariff.entity.js';
import { grantBatch } from './fund-batch.js';
import { totalOf, Voucher, VoucherBatch, worthOf } from './voucher.entity.js';
import { type ShownCode, VoucherCodes } from './voucher-codes.js';
import type { CreateBatchBody } from './vouchers.dto.js';

/** A batch, and its codes when they were made just now: they are shown this once. */
export interface MadeBatch {
  batch: VoucherBatch;
  codes: ShownCode[];
}

/** How long the bill of a batch can be paid. */
const BILL_MILLIS = 7 * 24 * 3_600_000;
const MOST_MAJOR = 10_000_000n;
/** The smallest amount of energy that a token carries. */
const STEP_WATT_HOURS = 100n;
const MOST_WATT_HOURS = 1_000_000n;
const MOST_YEARS = 5;

type Worth = Pick<VoucherBatch, 'amount' | 'currency' | 'wattHours'>;

/**
 * Makes vouchers. An operator gives them: they have codes at once, or above the limit when a second operator agrees.
 * An institution gets a bill, and the codes when it is paid. Refusals: validation_failed, forbidden (anybody else, and
 * energy, which has no price until it is for a meter, to an institution).
 */
@Injectable()
export class CreateBatch {
  constructor(
    private readonly work: UnitOfWork<Tx>,
    private readonly dataSource: DataSource,
    private readonly clock: Clock,
    private readonly voucherCodes: VoucherCodes,
    @Inject(SETTINGS) private readonly settings: BillingSettings,
  ) {}

  async run(caller: UserCaller, body: CreateBatchBody): Promise<Result<MadeBatch>> {
    const worth = this.worth(body);
    if (!worth.ok) return worth;
    const problem = this.whyNoDay(body.expiresOn) ?? (await this.whyNoUtility(body.utility));
    if (problem) return refuse(problem);
    const isGrant = caller.role === 'operator';
    if (!isGrant && caller.role !== 'institution')
      return refuse(new Problem('forbidden', 'operators and institutions make vouchers'));
    if (!isGrant && worth.value.wattHours !== null) {
      return refuse(new Problem('forbidden', 'only operators give energy: it has no price yet'));
    }
    const needsApproval = isGrant && this.isAboveLimit(worth.value, body.count);
    return ok(
      await this.work.run(caller, async (tx) => {
        const batch = newBatch(caller, body, worth.value, tx);
        if (!isGrant) {
          this.insert(batch, undefined, tx);
          return { batch, codes: [] };
        }
        const codes = needsApproval
          ? []
          : Array.from({ length: batch.count }, () => this.voucherCodes.fresh());
        const shown = this.insert(batch, codes, tx);
        if (!needsApproval) {
          grantBatch(batch, batch.count, tx);
          tx.set(batch, { codesMadeAt: tx.now });
          const facts = { batchId: batch.id, by: caller.userId, count: batch.count, replaced: false };
          tx.publish(VoucherCodesMade, batch.id, facts);
        }
        return { batch, codes: shown };
      }),
    );
  }

  private insert(batch: VoucherBatch, codes: string[] | undefined, tx: Tx): ShownCode[] {
    tx.insert(VoucherBatch, batch);
    return Array.from({ length: batch.count }, (_, i) => {
      const code = codes?.[i];
      tx.insert(Voucher, {
        id: newId(tx.now.getTime()),
        batchId: batch.id,
        serial: i + 1,
        codeHash: code === undefined ? null : this.voucherCodes.hashOf(code),
        state: 'unused',
        redemptionId: null,
        voidReason: null,
        endedAt: null,
      });
      return { serial: i + 1, code };
    }).filter((it): it is ShownCode => it.code !== undefined);
  }

  private worth({ amount, kwh, currency, count }: CreateBatchBody): Result<Worth> {
    const { CURRENCY } = this.settings;
    if ((amount === undefined) === (kwh === undefined))
      return refuse(invalid('amount', 'or kwh is needed, and not both'));
    if (kwh !== undefined) {
      const energy = Energy.parse(kwh);
      if (!energy.ok) return energy;
      const { wattHours } = energy.value;
      const inSteps = wattHours > 0n && wattHours <= MOST_WATT_HOURS && wattHours % STEP_WATT_HOURS === 0n;
      if (!inSteps) return refuse(invalid('kwh', 'must be above zero, at most 1000, in steps of 0.1'));
      return ok({ amount: 0n, currency: CURRENCY, wattHours });
    }
    const money = readAmount(amount, currency, CURRENCY);
    if (!money.ok) return money;
    const worth: Worth = { amount: money.value.minor, currency: CURRENCY, wattHours: null };
    const tooMuch = Money.major(MOST_MAJOR, CURRENCY).lessThan(totalOf(worth, count));
    return tooMuch ? refuse(invalid('count', `makes more than ${MOST_MAJOR} of them all`)) : ok(worth);
  }

  private whyNoDay(expiresOn: string): Problem | undefined {
    const today = dayIn(this.settings.TIME_ZONE, this.clock.now());
    const last = `${Number(today.slice(0, 4)) + MOST_YEARS}${today.slice(4)}`;
    const problem = whyNoDueDate(expiresOn, today);
    if (problem) return invalid('expiresOn', 'must be a day of the calendar, today or later, as 2026-11-21');
    return expiresOn > last ? invalid('expiresOn', `must be within ${MOST_YEARS} years`) : undefined;
  }

  private async whyNoUtility(utility: string | undefined): Promise<Problem | undefined> {
    if (utility === undefined) return undefined;
    const known = await this.dataSource.getRepository(Tariff).existsBy({ utility });
    return known ? undefined : invalid('utility', 'has no tariff here');
  }

  /** What is given away for nothing takes two persons above a limit, as refunds do. */
  private isAboveLimit(worth: Worth, count: number): boolean {
    const { APPROVAL_LIMIT, GRANT_LIMIT_KWH } = this.settings;
    if (worth.wattHours !== null) return worth.wattHours * BigInt(count) > BigInt(GRANT_LIMIT_KWH) * 1_000n;
    return Money.major(BigInt(APPROVAL_LIMIT), worth.currency).lessThan(totalOf(worth, count));
  }
}

function newBatch(
  { userId, role }: UserCaller,
  { count, expiresOn, reason, utility }: CreateBatchBody,
  worth: Worth,
  tx: Tx,
): VoucherBatch {
  const isGrant = role === 'operator';
  return {
    id: isGrant ? newId(tx.now.getTime()) : billFor(userId, worth, { count, expiresOn }, tx),
    ownerId: userId,
    funding: isGrant ? 'grant' : 'payment',
    state: 'waiting',
    count,
    ...worth,
    expiresOn,
    reason: reason.trim(),
    utility: utility ?? null,
    approvedBy: null,
    codesMadeAt: null,
    createdAt: tx.now,
  };
}

function billFor(
  customerId: string,
  worth: Worth,
  { count, expiresOn }: Pick<VoucherBatch, 'count' | 'expiresOn'>,
  tx: Tx,
): string {
  const { minor: amount, currency } = totalOf(worth, count);
  const bill = issue(
    {
      kind: 'vouchers',
      customerId,
      issuedBy: customerId,
      amount,
      currency,
      dueDate: expiresOn,
      description: `${count} vouchers of ${worthOf(worth)}`,
      expiresAt: new Date(tx.now.getTime() + BILL_MILLIS),
    },
    tx,
  );
  return bill.id;
}
