import { Inject, Injectable } from '@nestjs/common';
import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';
import { type Id, ok, Problem, refuse, type Result } from '#kernel';
import { SETTINGS } from '#service-host';
import type { BillingSettings } from '../billing-settings.js';

/**
 * How often one person may ask whose meter it is, so that nobody reads the registry number by number. The counts are
 * in the memory of this process: n instances grant n times as much.
 */
@Injectable()
export class LookupLimits {
  private readonly lookups: RateLimiterMemory;

  constructor(@Inject(SETTINGS) settings: BillingSettings) {
    this.lookups = new RateLimiterMemory({ points: settings.METER_LOOKUPS_PER_MINUTE, duration: 60 });
  }

  /** Refusal: rate_limited. */
  async take(callerId: Id): Promise<Result<void>> {
    try {
      await this.lookups.consume(callerId);
      return ok(undefined);
    } catch (error) {
      if (!(error instanceof RateLimiterRes)) throw error;
      const retryAfterSeconds = Math.max(1, Math.ceil(error.msBeforeNext / 1000));
      return refuse(
        new Problem('rate_limited', 'too many meters looked up, wait a while', undefined, {
          retryAfterSeconds,
        }),
      );
    }
  }
}
