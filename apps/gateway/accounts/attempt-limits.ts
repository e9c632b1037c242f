import { Inject, Injectable } from '@nestjs/common';
import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';
import { ok, Problem, refuse, type Result } from '#kernel';
import { SETTINGS } from '#service-host';
import type { GatewaySettings } from '../gateway-settings.js';

const HOUR_SECONDS = 3_600;

/**
 * How often one may try. Every attempt is counted before the password is looked at, so that parallel ones are
 * counted too; a right password takes its count back. The counts are in the memory of this process: n gateways
 * grant n times as much.
 */
@Injectable()
export class AttemptLimits {
  private readonly phones: RateLimiterMemory;
  private readonly addresses: RateLimiterMemory;
  private readonly registrations: RateLimiterMemory;
  private readonly resets: RateLimiterMemory;

  constructor(@Inject(SETTINGS) settings: GatewaySettings) {
    const duration = settings.LOGIN_WINDOW_SECONDS;
    this.phones = new RateLimiterMemory({ points: settings.LOGIN_ATTEMPTS, duration });
    this.addresses = new RateLimiterMemory({ points: settings.LOGIN_ATTEMPTS_PER_ADDRESS, duration });
    this.registrations = new RateLimiterMemory({
      points: settings.REGISTRATIONS_PER_ADDRESS,
      duration: HOUR_SECONDS,
    });
    this.resets = new RateLimiterMemory({ points: settings.RESETS_PER_ADDRESS, duration: HOUR_SECONDS });
  }

  /** Counts an attempt to sign in. Refusal: rate_limited. */
  async beforeLogin(phone: string, address: string): Promise<Result<void>> {
    const free = await take(this.addresses, address);
    return free.ok ? take(this.phones, phone) : free;
  }

  async afterLogin(phone: string, address: string): Promise<void> {
    await Promise.all([this.phones.delete(phone), this.addresses.reward(address)]);
  }

  /** Counts a registration, whatever comes of it. Refusal: rate_limited. */
  beforeRegistration(address: string): Promise<Result<void>> {
    return take(this.registrations, address);
  }

  /** Counts a request for a code: each may cost an SMS. Refusal: rate_limited. */
  beforeReset(address: string): Promise<Result<void>> {
    return take(this.resets, address);
  }

  /** Counts a code that is tried as a password is. Refusal: rate_limited. */
  beforeConfirm(address: string): Promise<Result<void>> {
    return take(this.addresses, address);
  }

  /** Whoever set a new password may sign in, however often the old one was guessed. */
  async afterReset(phone: string): Promise<void> {
    await this.phones.delete(phone);
  }
}

async function take(limiter: RateLimiterMemory, key: string): Promise<Result<void>> {
  try {
    await limiter.consume(key);
    return ok(undefined);
  } catch (error) {
    if (!(error instanceof RateLimiterRes)) throw error;
    const retryAfterSeconds = Math.max(1, Math.ceil(error.msBeforeNext / 1000));
    return refuse(
      new Problem('rate_limited', 'too many attempts, wait a while', undefined, { retryAfterSeconds }),
    );
  }
}
