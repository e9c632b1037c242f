import { createHmac } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { RateLimiterPostgres, RateLimiterRes } from 'rate-limiter-flexible';
import { DataSource } from 'typeorm';
import { ok, Problem, refuse, type Result } from '#kernel';
import { SETTINGS } from '#service-host';
import type { GatewaySettings } from '../gateway-settings.js';

const HOUR_SECONDS = 3_600;

/**
 * How often one may try. Every attempt is counted before the password is looked at, so that parallel ones are
 * counted too; a right password takes its count back. The counts are in the database, so that several gateways
 * grant no more than one (ADR 0030); of whom they are is not readable there.
 */
@Injectable()
export class AttemptLimits {
  private readonly phones: RateLimiterPostgres;
  private readonly addresses: RateLimiterPostgres;
  private readonly registrations: RateLimiterPostgres;
  private readonly resets: RateLimiterPostgres;

  constructor(
    @Inject(SETTINGS) private readonly settings: GatewaySettings,
    dataSource: DataSource,
  ) {
    const limiter = (keyPrefix: string, points: number, duration: number) =>
      new RateLimiterPostgres({
        storeClient: dataSource,
        storeType: 'typeorm',
        tableName: 'attempts',
        tableCreated: true,
        clearExpiredByTimeout: false, // `forgetAttempts` does
        keyPrefix,
        points,
        duration,
      });
    const window = settings.LOGIN_WINDOW_SECONDS;
    this.phones = limiter('phone', settings.LOGIN_ATTEMPTS, window);
    this.addresses = limiter('address', settings.LOGIN_ATTEMPTS_PER_ADDRESS, window);
    this.registrations = limiter('registration', settings.REGISTRATIONS_PER_ADDRESS, HOUR_SECONDS);
    this.resets = limiter('reset', settings.RESETS_PER_ADDRESS, HOUR_SECONDS);
  }

  /** Counts an attempt to sign in. Refusal: rate_limited. */
  async beforeLogin(phone: string, address: string): Promise<Result<void>> {
    const free = await this.take(this.addresses, address);
    return free.ok ? this.take(this.phones, phone) : free;
  }

  async afterLogin(phone: string, address: string): Promise<void> {
    await Promise.all([
      this.phones.delete(this.nameless(phone)),
      this.addresses.reward(this.nameless(address)),
    ]);
  }

  /** Counts a registration, whatever comes of it. Refusal: rate_limited. */
  beforeRegistration(address: string): Promise<Result<void>> {
    return this.take(this.registrations, address);
  }

  /** Counts a request for a code: each may cost an SMS. Refusal: rate_limited. */
  beforeReset(address: string): Promise<Result<void>> {
    return this.take(this.resets, address);
  }

  /** Counts a code that is tried as a password is. Refusal: rate_limited. */
  beforeConfirm(address: string): Promise<Result<void>> {
    return this.take(this.addresses, address);
  }

  /** Whoever set a new password may sign in, however often the old one was guessed. */
  async afterReset(phone: string): Promise<void> {
    await this.phones.delete(this.nameless(phone));
  }

  private async take(limiter: RateLimiterPostgres, whose: string): Promise<Result<void>> {
    try {
      await limiter.consume(this.nameless(whose));
      return ok(undefined);
    } catch (error) {
      if (!(error instanceof RateLimiterRes)) throw error;
      const retryAfterSeconds = Math.max(1, Math.ceil(error.msBeforeNext / 1000));
      return refuse(
        new Problem('rate_limited', 'too many attempts, wait a while', undefined, { retryAfterSeconds }),
      );
    }
  }

  /** There are few phone numbers: a hash without the secret would be as good as the number itself. */
  private nameless(whose: string): string {
    return createHmac('sha256', this.settings.CONTACT_SECRET).update(`attempts ${whose}`).digest('base64url');
  }
}

/** Deletes counts whose window is over. */
export async function forgetAttempts(dataSource: DataSource, now: Date): Promise<void> {
  await dataSource.query('DELETE FROM attempts WHERE expire < $1', [now.getTime()]);
}
