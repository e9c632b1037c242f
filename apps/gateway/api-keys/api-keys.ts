import { createHash, randomBytes } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Clock, isId, newId, ok, Problem, refuse, type Result } from '#kernel';
import type { Tx } from '#messaging';
import { UnitOfWork } from '#persistence';
import { LOG, type Log, type Role, type UserCaller } from '#service-host';
import { ApiKeyRow } from './api-key.entity.js';
import type { Scope } from './scopes.rules.js';

/** A key that is alive, and for whom it acts. */
export interface KnownKey {
  id: string;
  userId: string;
  role: Role;
  scopes: Scope[];
}

interface Remembered {
  key: Promise<KnownKey | undefined>;
  /** Once it is found out. */
  found?: KnownKey;
  until: number;
}

interface FoundRow {
  id: string;
  user_id: string;
  role: Role;
  scopes: Scope[];
  last_used_at: Date | null;
}

export const KEY_PREFIX = 'wl_';
const KEY_FORM = /^wl_[A-Za-z0-9_-]{43}$/;
const SHOWN = 8;
const MOST_PER_USER = 50;
/** As long as a live session is trusted (ADR 0015). */
const TRUSTED_MILLIS = 2_000;
const REMEMBERED = 20_000;
const USE_NOTED_MILLIS = 60_000;

const FIND = `SELECT k.id, k.user_id, u.role, k.scopes, k.last_used_at
              FROM api_keys k JOIN users u ON u.id = k.user_id WHERE k.hash = $1`;

/**
 * API keys: made, deleted, and asked for with every request that comes with one. What was found out is remembered for
 * two seconds; in this process a deleted key is dead at once, in others when their memory of it is over.
 */
@Injectable()
export class ApiKeys {
  /** By the hash of the key; what is no key of ours is remembered too. */
  private readonly remembered = new Map<string, Remembered>();
  private readonly usedAt = new Map<string, number>();

  constructor(
    private readonly requests: UnitOfWork<Tx>,
    private readonly dataSource: DataSource,
    private readonly clock: Clock,
    @Inject(LOG) private readonly log: Log,
  ) {}

  /** A new key, readable here and never again. Refusal: conflict (too many). */
  async create(
    caller: UserCaller,
    { name, scopes }: { name: string; scopes: Scope[] },
  ): Promise<Result<{ row: ApiKeyRow; key: string }>> {
    const userId = caller.userId;
    if ((await this.dataSource.getRepository(ApiKeyRow).countBy({ userId })) >= MOST_PER_USER) {
      return refuse(new Problem('conflict', `there are ${MOST_PER_USER} keys already`));
    }
    const key = KEY_PREFIX + randomBytes(32).toString('base64url');
    const row: ApiKeyRow = {
      id: newId(this.clock.now().getTime()),
      userId,
      name,
      hash: hashOf(key),
      prefix: key.slice(0, KEY_PREFIX.length + SHOWN),
      scopes: [...new Set(scopes)],
      createdAt: this.clock.now(),
      lastUsedAt: null,
    };
    await this.requests.run(caller, async (tx) => tx.insert(ApiKeyRow, row));
    this.remembered.delete(row.hash);
    return ok({ row, key });
  }

  /** Refusal: not_found. */
  async delete(caller: UserCaller, id: string): Promise<Result<void>> {
    if (!isId(id)) return refuse(new Problem('not_found'));
    const deleted = await this.requests.run(caller, async (tx) => {
      const row = await tx.load(ApiKeyRow, id);
      if (row?.userId !== caller.userId) return undefined;
      await tx.query('DELETE FROM api_keys WHERE id = $1', [id]);
      return row.hash;
    });
    if (deleted === undefined) return refuse(new Problem('not_found'));
    this.remembered.delete(deleted);
    this.usedAt.delete(id);
    return ok(undefined);
  }

  /** The key, if it is one and alive; its use is noted. */
  async use(key: string): Promise<KnownKey | undefined> {
    if (!KEY_FORM.test(key)) return undefined;
    const hash = hashOf(key);
    const now = this.clock.now().getTime();
    let remembered = this.remembered.get(hash);
    if (!remembered || remembered.until <= now) remembered = this.remember(hash, now);
    const known = await remembered.key;
    // Deleted while it was looked for: what was found no longer counts.
    if (known && this.remembered.get(hash) !== remembered) return this.use(key);
    if (known) this.noteUse(known.id, now);
    return known;
  }

  /** Whose key it is, as far as this process knows already; for counting requests before they are looked at. */
  ownerOf(key: string): string | undefined {
    return KEY_FORM.test(key) ? this.remembered.get(hashOf(key))?.found?.userId : undefined;
  }

  private remember(hash: string, now: number): Remembered {
    this.remembered.delete(hash);
    if (this.remembered.size >= REMEMBERED) this.remembered.delete(this.remembered.keys().next().value!);
    const remembered: Remembered = { key: this.find(hash, now), until: now + TRUSTED_MILLIS };
    remembered.key.then(
      (key) => (remembered.found = key),
      () => this.remembered.delete(hash),
    );
    this.remembered.set(hash, remembered);
    return remembered;
  }

  private async find(hash: string, now: number): Promise<KnownKey | undefined> {
    const [row] = await this.dataSource.query<FoundRow[]>(FIND, [hash]);
    if (!row) return undefined;
    if (row.last_used_at && now - row.last_used_at.getTime() < USE_NOTED_MILLIS) {
      this.usedAt.set(row.id, Math.max(row.last_used_at.getTime(), this.usedAt.get(row.id) ?? 0));
    }
    return { id: row.id, userId: row.user_id, role: row.role, scopes: row.scopes };
  }

  /** At most once a minute, and beside the request: it must neither wait for it nor fail with it. */
  private noteUse(id: string, now: number): void {
    if (now - (this.usedAt.get(id) ?? 0) < USE_NOTED_MILLIS) return;
    if (this.usedAt.size >= REMEMBERED) this.usedAt.delete(this.usedAt.keys().next().value!);
    this.usedAt.set(id, now);
    this.dataSource
      .query('UPDATE api_keys SET last_used_at = $2 WHERE id = $1', [id, new Date(now)])
      .catch((error: unknown) => this.log.warn({ err: error }, 'the use of an API key could not be noted'));
  }
}

function hashOf(key: string): string {
  return createHash('sha256').update(key).digest('hex');
}
