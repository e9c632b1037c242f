import { availableParallelism } from 'node:os';
import { randomBytes } from 'node:crypto';
import { Injectable, type OnModuleInit } from '@nestjs/common';
import { hash, verify } from '@node-rs/argon2';
import { Problem } from '#kernel';

/** OWASP's second choice for argon2id: 19 MiB, two passes, one lane; about 25 ms of one core. */
const COST = { algorithm: 2 /* argon2id */, memoryCost: 19_456, timeCost: 2, parallelism: 1 };

/** One core is left to everything else. */
const AT_ONCE = Math.max(1, Math.min(4, availableParallelism() - 1));
/** Who would wait longer than a few seconds is told to come back instead. */
const WAITING_AT_MOST = 100 * AT_ONCE;

/** Hashes passwords, a few at a time: they cost more than everything else that this service does. */
@Injectable()
export class Passwords implements OnModuleInit {
  private running = 0;
  private readonly waiting: (() => void)[] = [];
  private hashOfNobody = '';

  async onModuleInit(): Promise<void> {
    this.hashOfNobody = await this.hash(randomBytes(32).toString('hex'));
  }

  /** argon2id in the PHC string format. Throws the problem `unavailable` when too many wait already. */
  hash(password: string): Promise<string> {
    return this.inTurn(() => hash(password, COST));
  }

  /** Takes as long without a stored hash, so that the time of a refusal does not tell whether a phone is known. */
  async fits(password: string, storedHash: string | undefined): Promise<boolean> {
    const candidate = password.normalize('NFKC');
    const same = await this.inTurn(() => verify(storedHash ?? this.hashOfNobody, candidate));
    return same && storedHash !== undefined;
  }

  private async inTurn<T>(work: () => Promise<T>): Promise<T> {
    if (this.running < AT_ONCE) this.running += 1;
    else await this.queueUp();
    try {
      return await work();
    } finally {
      const next = this.waiting.shift();
      if (next)
        next(); // the place is handed on
      else this.running -= 1;
    }
  }

  private queueUp(): Promise<void> {
    if (this.waiting.length >= WAITING_AT_MOST) {
      throw new Problem('unavailable', 'too many people sign in just now', undefined, {
        retryAfterSeconds: 2,
      });
    }
    return new Promise((resolve) => this.waiting.push(resolve));
  }
}
