import { createHmac } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { RateLimiterPostgres, RateLimiterRes } from 'rate-limiter-flexible';
import { DataSource } from 'typeorm';
import { ok, Problem, refuse, type Result } from '#kernel';
import { SETTINGS, type UserCaller } from '#service-host';
import type { BillingSettings } from '../billing-settings.js';

const HOUR_SECONDS = 3_600;

/**
 * How often one may guess. Every try is counted before the code is looked for, so that parallel ones are counted too;
 * a code that is really there takes its count back. Counted in the database (ADR 0030), by names that nobody can read.
 */
@Injectable()
export class RedeemLimits {
  private readonly people: RateLimiterPostgres;
  private readonly addresses: RateLimiterPostgres;

  constructor(
    @Inject(SETTINGS) private readonly settings: BillingSettings,
    dataSource: DataSource,
  ) {
    const limiter = (keyPrefix: string, points: number) =>
      new RateLimiterPostgres({
        storeClient: dataSource,
        storeType: 'typeorm',
        tableName: 'attempts',
        tableCreated: true,
        clearExpiredByTimeout: false, // `forgetAttempts` does
        keyPrefix,
        points,
        duration: HOUR_SECONDS,
      });
    this.people = limiter('voucher', settings.VOUCHER_TRIES);
    this.addresses = limiter('voucher address', settings.VOUCHER_TRIES_PER_ADDRESS);
  }

  /** Refusal: rate_limited. */
  async beforeTry({ userId, address }: UserCaller): Promise<Result<void>> {
    const free = address === undefined ? ok(undefined) : await this.take(this.addresses, address);
    return free.ok ? this.take(this.people, userId) : free;
  }

  async afterHit({ userId, address }: UserCaller): Promise<void> {
    await this.people.reward(this.nameless(userId));
    if (address !== undefined) await this.addresses.reward(this.nameless(address));
  }

  private async take(limiter: RateLimiterPostgres, whose: string): Promise<Result<void>> {
    try {
      await limiter.consume(this.nameless(whose));
      return ok(undefined);
    } catch (error) {
      if (!(error instanceof RateLimiterRes)) throw error;
      const retryAfterSeconds = Math.max(1, Math.ceil(error.msBeforeNext / 1000));
      return refuse(
        new Problem('rate_limited', 'too many codes that nobody has, wait a while', undefined, {
          retryAfterSeconds,
        }),
      );
    }
  }

  private nameless(whose: string): string {
    return createHmac('sha256', this.settings.TOKEN_SECRET).update(`attempts ${whose}`).digest('base64url');
  }
}

/** Deletes counts whose hour is over. */
export async function forgetAttempts(dataSource: DataSource, now: Date): Promise<void> {
  await dataSource.query('DELETE FROM attempts WHERE expire < $1', [now.getTime()]);
}
