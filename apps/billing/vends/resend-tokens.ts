import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { type ResendNewest, TokensWantedAgain } from '#contracts';
import { isId, ok, Problem, refuse, type Result } from '#kernel';
import type { Tx } from '#messaging';
import { UnitOfWork, type WorkContext } from '#persistence';
import type { UserCaller } from '#service-host';
import { NEWEST_VENDS } from './read-vends.js';
import { nextResend } from './resend.rules.js';
import { Vend, VendTokenRow } from './vend.entity.js';

/** Tokens once more to their owner's own phone, and to no other; limited, for every SMS costs money. */
@Injectable()
export class ResendTokens {
  constructor(
    private readonly work: UnitOfWork<Tx>,
    private readonly dataSource: DataSource,
  ) {}

  /** All tokens of the vend that this one belongs to. Refusals: not_found, rate_limited. */
  async one(caller: UserCaller, tokenId: string): Promise<Result<void>> {
    const token = isId(tokenId)
      ? await this.dataSource.getRepository(VendTokenRow).findOneBy({ id: tokenId, ownerId: caller.userId })
      : null;
    if (!token) return refuse(new Problem('not_found'));
    return this.work.run(caller, async (tx) => {
      const vend = await tx.get(Vend, token.vendId);
      const wait = resend(vend, tx);
      return wait === undefined ? ok(undefined) : refuse(tooSoon(wait));
    });
  }

  /** The newest ones of a person, of meters whose number ends so. Refusal: rate_limited, when all of them were sent again just now. */
  async newest(
    ownerId: string,
    { meterEnding = '' }: ResendNewest,
    context: WorkContext,
  ): Promise<Result<number>> {
    if (!isId(ownerId)) return refuse(new Problem('not_found'));
    const ids = await this.dataSource.query<{ id: string }[]>(
      `SELECT id FROM vends v WHERE owner_id = $1 AND state = 'issued' AND right(meter_number, length($2)) = $2
         AND EXISTS (SELECT FROM vend_tokens t WHERE t.vend_id = v.id)
       ORDER BY id DESC LIMIT ${NEWEST_VENDS}`,
      [ownerId, meterEnding],
    );
    return this.work.run(context, async (tx) => {
      const vends = await Promise.all(ids.map(({ id }) => tx.get(Vend, id)));
      const waits = vends.map((vend) => resend(vend, tx)).filter((wait) => wait !== undefined);
      if (vends.length > 0 && waits.length === vends.length) return refuse(tooSoon(Math.min(...waits)));
      return ok(vends.length - waits.length);
    });
  }
}

/** Sends, or says after how many seconds it could. */
function resend(vend: Vend, tx: Tx): number | undefined {
  const next = nextResend(vend, tx.now);
  if (typeof next === 'number') return next;
  tx.set(vend, next);
  tx.publish(TokensWantedAgain, vend.id, { vendId: vend.id, ownerId: vend.ownerId });
  return undefined;
}

function tooSoon(retryAfterSeconds: number): Problem {
  return new Problem('rate_limited', 'these tokens were sent just now', undefined, { retryAfterSeconds });
}
