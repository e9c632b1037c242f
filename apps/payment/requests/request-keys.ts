import { createHash } from 'node:crypto';
import { newId, ok, Problem, refuse, type Result } from '#kernel';
import type { Tx } from '#messaging';
import type { UserCaller } from '#service-host';
import { RequestKey } from './request-key.entity.js';

const KEY = /^[\x21-\x7e]{1,255}$/;
const KEY_LIFE_MILLIS = 72 * 3600_000;

/** The keys of a request that moves money: of its header, its `requestReference`, or both. */
export interface RequestKeys {
  ids: string[];
}

/**
 * Reads the keys. The header may be quoted (a structured-field string) or bare. Refuses
 * idempotency_key_required when there is neither a header nor a reference.
 */
export function readRequestKeys(
  caller: UserCaller,
  route: string,
  header: string | undefined,
  requestReference: string | undefined,
): Result<RequestKeys> {
  const ids: string[] = [];
  if (header !== undefined) {
    const key = header.replace(/^"(.*)"$/, '$1');
    if (!KEY.test(key)) {
      return refuse(
        new Problem('validation_failed', 'Idempotency-Key must be 1 to 255 visible ASCII characters'),
      );
    }
    ids.push(`${caller.userId}:key:${route}:${key}`);
  }
  if (requestReference !== undefined) ids.push(`${caller.userId}:ref:${requestReference}`);
  if (ids.length === 0) {
    return refuse(
      new Problem('idempotency_key_required', 'send an Idempotency-Key header or a requestReference'),
    );
  }
  return ok({ ids });
}

/** For routes where a key is optional: this request stands for itself. */
export function ownKey(caller: UserCaller): RequestKeys {
  return { ids: [`${caller.userId}:own:${newId()}`] };
}

/** The same for the same request, however its JSON was written. */
export function hashOf(command: object): string {
  const canonical = Object.entries(command)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => [name, String(value)])
    .sort(([a], [b]) => (a! < b! ? -1 : 1));
  return createHash('sha256').update(JSON.stringify(canonical)).digest('base64url');
}

export interface Reserved {
  paymentId: string;
  /** Nobody has used these keys before: there is no such payment yet. */
  isNew: boolean;
  /** Payments that the keys stood for before, and that never will be stored. */
  insteadOf: string[];
}

/**
 * Fixes the payment that the keys stand for, or finds the one that they stood for before. A key that an
 * unfinished request holds in another transaction is waited for.
 */
export async function reserve(keys: RequestKeys, bodyHash: string, tx: Tx): Promise<Result<Reserved>> {
  const paymentId = newId(tx.now.getTime());
  const reserved = await Promise.all(keys.ids.map((id) => reserveOne({ id, bodyHash, paymentId }, tx)));
  const rows = reserved.map(({ row }) => row);
  if (rows.some((row) => row.bodyHash !== bodyHash)) return refuse(reused());
  const known = new Set(rows.map((row) => row.paymentId));
  if (known.size > 1) known.delete(paymentId); // one key is new: it joins the payment of the other
  if (known.size > 1) return refuse(reused());
  const [chosen] = known;
  for (const row of rows) if (row.paymentId !== chosen) tx.set(row, { paymentId: chosen });
  const isNew = reserved.every((it) => it.isNew);
  return ok({ paymentId: chosen!, isNew, insteadOf: rows.flatMap((row) => row.insteadOf ?? []) });
}

async function reserveOne(
  wanted: Pick<RequestKey, 'id' | 'bodyHash' | 'paymentId'>,
  tx: Tx,
): Promise<{ row: RequestKey; isNew: boolean }> {
  const fresh = { ...wanted, abandoned: false, insteadOf: null, createdAt: tx.now };
  const isNew = await tx.insertIfAbsent(RequestKey, fresh);
  const row = await tx.get(RequestKey, wanted.id);
  if (row.abandoned) return { row: tx.set(row, { ...fresh, insteadOf: row.paymentId }), isNew };
  const expired = row.id.includes(':key:') && tx.now.getTime() - row.createdAt.getTime() > KEY_LIFE_MILLIS;
  return { row: expired ? tx.set(row, fresh) : row, isNew };
}

function reused(): Problem {
  return new Problem('idempotency_key_reused', 'this key was used for another request');
}
