import { Inject, Injectable } from '@nestjs/common';
import type { ProposedOutcome, ProposeOutcome } from '#contracts';
import { isId, ok, Problem, refuse, type Result } from '#kernel';
import { EffectRow, type Tx } from '#messaging';
import { UnitOfWork, type WorkContext } from '#persistence';
import { seal, SETTINGS, unseal } from '#service-host';
import type { BillingSettings } from '../billing-settings.js';
import { endVend } from './end-vend.js';
import { KeepTokens } from './keep-tokens.js';
import type { IssuedToken } from './token-issuer.port.js';
import { amountOf, isInDoubt, unitsOf, Vend } from './vend.entity.js';
import { VendProposal } from './vend-proposal.entity.js';

/** What decides, beside the vend itself, whether it can be settled. */
interface Seen {
  effect: EffectRow | undefined;
  areGivenAway: boolean;
}

const PURPOSE = 'proposed tokens';
const NOT_DELIVERED = {
  kind: 'failed',
  code: 'not_delivered',
  reason: 'The credit was not made.',
} as const;

/** What persons do about a vend whose outcome nobody knows: have the issuer asked at once, or say what they found out. */
@Injectable()
export class ResolveVend {
  constructor(
    private readonly work: UnitOfWork<Tx>,
    private readonly keepTokens: KeepTokens,
    @Inject(SETTINGS) private readonly settings: BillingSettings,
  ) {}

  /** Keeps what is proposed, once per decision. Refusals: not_found, payment_not_in_doubt, validation_failed. */
  async propose(id: string, order: ProposeOutcome, context: WorkContext): Promise<Result<ProposedOutcome>> {
    const { decisionId, outcome, tokens = [], reason } = order;
    return this.onVend(id, context, async (vend, tx) => {
      const seen = await this.look(vend, proposedTokens(tokens, vend), tx);
      const problem = whyNotSettled(vend, seen);
      if (problem) return refuse(problem);
      await tx.insertIfAbsent(VendProposal, {
        decisionId,
        vendId: id,
        outcome,
        sealedTokens: tokens.length > 0 ? seal(tokens.join(' '), this.settings.TOKEN_SECRET, PURPOSE) : null,
        reason,
        proposedAt: tx.now,
      });
      return ok({ amount: amountOf(vend).toJSON() });
    });
  }

  /** Carries a decision out, once. A late answer of the issuer then changes nothing. Refusals as of `propose`. */
  async run(id: string, decisionId: string, context: WorkContext): Promise<Result<void>> {
    return this.onVend(id, context, async (vend, tx) => {
      const proposal = await tx.load(VendProposal, decisionId);
      if (proposal?.vendId !== id) return refuse(new Problem('not_found'));
      const tokens = this.tokensOf(proposal, vend);
      const seen = await this.look(vend, tokens, tx);
      if (vend.resolvedBy === decisionId) return ok(undefined);
      const problem = whyNotSettled(vend, seen);
      if (problem) return refuse(problem);
      tx.set(vend, { resolvedBy: decisionId, resolution: proposal.outcome });
      if (proposal.outcome === 'not_delivered') await endVend(vend, NOT_DELIVERED, tx);
      else await this.keepTokens.run(vend, tokens, undefined, tx);
      return ok(undefined);
    });
  }

  /** Has the issuer asked at once, instead of when its turn comes. Refusals: not_found, payment_not_in_doubt. */
  async requery(id: string, context: WorkContext): Promise<Result<void>> {
    return this.onVend(id, context, async (vend, tx) => {
      if (!isInDoubt(vend)) return refuse(notInDoubt(vend));
      const effect = await tx.load(EffectRow, id);
      if (effect?.state === 'unknown') tx.set(effect, { nextAt: tx.now });
      return ok(undefined);
    });
  }

  private async onVend<T>(
    id: string,
    context: WorkContext,
    act: (vend: Vend, tx: Tx) => Promise<Result<T>>,
  ): Promise<Result<T>> {
    if (!isId(id)) return refuse(new Problem('not_found'));
    return this.work.run(context, async (tx) => {
      const vend = await tx.load(Vend, id);
      return vend ? act(vend, tx) : refuse(new Problem('not_found'));
    });
  }

  private async look(vend: Vend, tokens: IssuedToken[], tx: Tx): Promise<Seen> {
    const effect = await tx.load(EffectRow, vend.id);
    const areGivenAway = await this.keepTokens.areGivenAway(vend, tokens, (sql, values) =>
      tx.query(sql, values),
    );
    return { effect, areGivenAway };
  }

  private tokensOf({ sealedTokens }: VendProposal, vend: Vend): IssuedToken[] {
    if (sealedTokens === null) return [];
    return proposedTokens(unseal(sealedTokens, this.settings.TOKEN_SECRET, PURPOSE).split(' '), vend);
  }
}

/** The last one is the credit; a key change comes before it. */
function proposedTokens(tokens: string[], vend: Vend): IssuedToken[] {
  return tokens.map((token, i) =>
    i === tokens.length - 1
      ? { kind: 'credit', token, ...(vend.days === null ? { units: unitsOf(vend) } : { days: vend.days }) }
      : { kind: 'key_change', token },
  );
}

/** Not while it is being made, or is to be made again: what a person has found out may not be true any more. */
function whyNotSettled(vend: Vend, { effect, areGivenAway }: Seen): Problem | undefined {
  if (!isInDoubt(vend) || effect?.state !== 'unknown') return notInDoubt(vend);
  if (areGivenAway) return new Problem('validation_failed', 'these tokens were given for another purchase');
  return undefined;
}

function notInDoubt({ state }: Vend): Problem {
  return new Problem(
    'payment_not_in_doubt',
    state === 'requested' ? 'it is under way' : `the vend is ${state}`,
  );
}
