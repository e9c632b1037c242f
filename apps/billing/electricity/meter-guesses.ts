import { Inject, Injectable } from '@nestjs/common';
import { RateLimiterMemory } from 'rate-limiter-flexible';
import { ok, Problem, refuse, type Result } from '#kernel';
import { SETTINGS } from '#service-host';
import type { BillingSettings } from '../billing-settings.js';

const HOUR_SECONDS = 3_600;

/**
 * Anybody may ask for any meter, so somebody could walk through all numbers and collect who lives where. Numbers that
 * nobody has are counted for each person; who has guessed too often waits. Known meters cost nothing, also many at
 * once. Counted in the memory of this process: n processes grant n times as much, which is still far from a walk.
 */
@Injectable()
export class MeterGuesses {
  private readonly misses: RateLimiterMemory;

  constructor(@Inject(SETTINGS) settings: BillingSettings) {
    this.misses = new RateLimiterMemory({ points: settings.UNKNOWN_METERS_PER_HOUR, duration: HOUR_SECONDS });
  }

  /** Whether this person may ask. Refusal: rate_limited. */
  async mayAsk(userId: string): Promise<Result<void>> {
    const counted = await this.misses.get(userId);
    if (!counted || counted.consumedPoints < this.misses.points) return ok(undefined);
    const retryAfterSeconds = Math.max(1, Math.ceil(counted.msBeforeNext / 1000));
    const detail = 'too many meters that nobody has, wait a while';
    return refuse(new Problem('rate_limited', detail, undefined, { retryAfterSeconds }));
  }

  /** Nobody has the meter that this person asked for. */
  async missed(userId: string): Promise<void> {
    await this.misses.penalty(userId);
  }
}
