import { Inject, Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { ok, type Result } from '#kernel';
import { AttemptCounts, HOUR_SECONDS, SETTINGS, type UserCaller } from '#service-host';
import type { BillingSettings } from '../billing-settings.js';

/** How often one may guess: a code that is really there takes its count back. */
@Injectable()
export class RedeemLimits {
  private readonly people: AttemptCounts;
  private readonly addresses: AttemptCounts;

  constructor(@Inject(SETTINGS) settings: BillingSettings, dataSource: DataSource) {
    const limit = (name: string, atMost: number) =>
      new AttemptCounts(dataSource, settings.TOKEN_SECRET, {
        ...{ name, atMost, windowSeconds: HOUR_SECONDS },
        refusal: 'too many codes that nobody has, wait a while',
      });
    this.people = limit('voucher', settings.VOUCHER_TRIES);
    this.addresses = limit('voucher address', settings.VOUCHER_TRIES_PER_ADDRESS);
  }

  /** Refusal: rate_limited. */
  async beforeTry({ userId, address }: UserCaller): Promise<Result<void>> {
    const free = address === undefined ? ok(undefined) : await this.addresses.take(address);
    return free.ok ? this.people.take(userId) : free;
  }

  async afterHit({ userId, address }: UserCaller): Promise<void> {
    await this.people.giveBack(userId);
    if (address !== undefined) await this.addresses.giveBack(address);
  }
}
