import { createHmac } from 'node:crypto';
import { RateLimiterPostgres, RateLimiterRes } from 'rate-limiter-flexible';
import type { DataSource } from 'typeorm';
import { ok, Problem, refuse, type Result } from '#kernel';

export const HOUR_SECONDS = 3_600;

export interface AttemptLimit {
  /** What is counted, as the rows name it. */
  name: string;
  atMost: number;
  windowSeconds: number;
  /** What is said to who tries once more. */
  refusal: string;
}

/**
 * How often something may be tried, counted in the service's table `attempts`, so that several processes grant no
 * more than one (ADR 0030). A try is counted before it is judged, so that parallel ones are counted too. Of whom a
 * count is cannot be read there; there are few phone numbers, and a hash without the secret would be as good as the
 * number itself.
 */
export class AttemptCounts {
  private readonly limiter: RateLimiterPostgres;

  constructor(
    dataSource: DataSource,
    private readonly secret: string,
    private readonly limit: AttemptLimit,
  ) {
    this.limiter = new RateLimiterPostgres({
      storeClient: dataSource,
      storeType: 'typeorm',
      tableName: 'attempts',
      tableCreated: true,
      clearExpiredByTimeout: false, // `forgetAttempts` does
      keyPrefix: limit.name,
      points: limit.atMost,
      duration: limit.windowSeconds,
    });
  }

  /** Counts a try. Refusal: rate_limited. */
  async take(whose: string): Promise<Result<void>> {
    try {
      await this.limiter.consume(this.nameless(whose));
      return ok(undefined);
    } catch (error) {
      if (!(error instanceof RateLimiterRes)) throw error;
      const retryAfterSeconds = Math.max(1, Math.ceil(error.msBeforeNext / 1000));
      return refuse(new Problem('rate_limited', this.limit.refusal, undefined, { retryAfterSeconds }));
    }
  }

  /** The last try was none. */
  async giveBack(whose: string): Promise<void> {
    await this.limiter.reward(this.nameless(whose));
  }

  /** All tries are forgotten. */
  async forget(whose: string): Promise<void> {
    await this.limiter.delete(this.nameless(whose));
  }

  private nameless(whose: string): string {
    return createHmac('sha256', this.secret).update(`attempts ${whose}`).digest('base64url');
  }
}

/** Deletes counts whose window is over. */
export async function forgetAttempts(dataSource: DataSource, now: Date): Promise<void> {
  await dataSource.query('DELETE FROM attempts WHERE expire < $1', [now.getTime()]);
}
