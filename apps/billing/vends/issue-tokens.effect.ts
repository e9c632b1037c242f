import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { unreachable } from '#kernel';
import { type Call, type Effect, EffectRunner, type FinalOutcome, type Outcome, type Tx } from '#messaging';
import { LOG, type Log } from '#service-host';
import { TokenIssuers } from '../issuers/token-issuers.js';
import { endVend } from './end-vend.js';
import { KeepTokens } from './keep-tokens.js';
import { NoteDoubt } from './note-doubt.js';
import type { IssueOutcome, IssueRequest } from './token-issuer.port.js';
import { amountOf, unitsOf, Vend } from './vend.entity.js';

export interface IssueTokensCommand {
  vendId: string;
}

type Issued = Extract<IssueOutcome, { kind: 'issued' }>;

/** A person has settled the vend, and the issuer has nothing to say about it. */
const SETTLED = 'settled_by_a_person';
/** Of an attempt that was proven not done, over and over. */
const GAVE_UP = 'The tokens could not be made now. Try again later.';

/** Calls the issuer once. What is not known afterwards is asked for where the issuer can be asked, else a person settles it. */
@Injectable()
export class IssueTokens implements Effect<IssueTokensCommand, Issued>, OnModuleInit {
  readonly kind = 'issue-tokens';
  readonly timeoutMillis = 20_000;
  readonly maxAttempts = 4;
  readonly askAfterMillis = [2_000, 5_000, 15_000, 60_000, 300_000];

  constructor(
    private readonly effects: EffectRunner,
    private readonly dataSource: DataSource,
    private readonly issuers: TokenIssuers,
    private readonly keepTokens: KeepTokens,
    private readonly noteDoubt: NoteDoubt,
    @Inject(LOG) private readonly log: Log,
  ) {}

  onModuleInit(): void {
    this.effects.register(this);
  }

  async perform({ vendId }: IssueTokensCommand, { signal }: Call): Promise<Outcome<Issued>> {
    const vend = await this.read(vendId);
    // Proven not done after a doubt, it waits to be made again; meanwhile a person may have settled it.
    if (vend.state !== 'requested') return { kind: 'failed', code: SETTLED, reason: SETTLED };
    const issuer = this.issuers.of(vend.issuer);
    return this.outcomeOf(vend, () => issuer.issue(requestOf(vend), signal));
  }

  async ask({ vendId }: IssueTokensCommand, { signal }: Call): Promise<Outcome<Issued>> {
    const vend = await this.read(vendId);
    const issuer = this.issuers.of(vend.issuer);
    const outcome = await this.outcomeOf(
      vend,
      async () =>
        (await issuer.fetchResult?.(requestOf(vend), signal)) ?? {
          kind: 'unknown',
          reason: 'the issuer cannot be asked: a person finds out',
        },
    );
    // Nobody has to know any more; and it is not done again, whatever the issuer says about the first time.
    const isOver = vend.state !== 'requested' && (outcome.kind === 'unknown' || outcome.kind === 'not_done');
    return isOver ? { kind: 'failed', code: SETTLED, reason: SETTLED } : outcome;
  }

  async record({ vendId }: IssueTokensCommand, outcome: FinalOutcome<Issued>, tx: Tx): Promise<void> {
    const vend = await tx.get(Vend, vendId);
    if (vend.state !== 'requested') return this.compare(vend, outcome, tx);
    if (outcome.kind === 'failed') {
      const reason = outcome.code === 'gave_up' ? GAVE_UP : outcome.reason;
      return endVend(vend, { kind: 'failed', code: outcome.code, reason }, tx);
    }
    await this.keepTokens.run(vend, outcome.value.tokens, outcome.value.reference, tx);
  }

  /** A late answer changes nothing: what a person has said to the customer stays, and the difference is shown. */
  private compare(vend: Vend, outcome: FinalOutcome<Issued>, tx: Tx): void {
    if (outcome.kind === 'failed' && outcome.code === SETTLED) return;
    const said = outcome.kind === 'succeeded' ? 'issued' : 'failed';
    if (said === vend.state) return;
    const conflict = `the issuer says ${said}, after a person had settled it as ${vend.resolution}`;
    tx.set(vend, { conflict });
    tx.afterCommit(() => this.log.error({ vendId: vend.id }, conflict));
  }

  private async outcomeOf(vend: Vend, call: () => Promise<IssueOutcome>): Promise<Outcome<Issued>> {
    const outcome = await this.doubted(vend, await call().catch((error: unknown) => unknown(error)));
    switch (outcome.kind) {
      case 'issued':
        return { kind: 'succeeded', value: outcome };
      case 'refused':
        return { kind: 'failed', code: outcome.code, reason: outcome.reason };
      case 'not_done':
        return outcome;
      case 'unknown':
        await this.noteDoubt.run(vend.id, outcome.reason);
        return outcome;
      default:
        return unreachable(outcome);
    }
  }

  /** An answer that belongs to another vend says nothing of this one. */
  private async doubted(vend: Vend, outcome: IssueOutcome): Promise<IssueOutcome> {
    if (outcome.kind !== 'issued') return outcome;
    const isAnothers = await this.keepTokens.areGivenAway(vend, outcome.tokens, (sql, values) =>
      this.dataSource.query(sql, values),
    );
    return isAnothers
      ? { kind: 'unknown', reason: 'the answer was given before, for another vend' }
      : outcome;
  }

  private async read(id: string): Promise<Vend> {
    return this.dataSource.getRepository(Vend).findOneByOrFail({ id });
  }
}

/** The name alone: the text of an error may quote an answer, and with it a token. */
function unknown(error: unknown): Extract<IssueOutcome, { kind: 'unknown' }> {
  return {
    kind: 'unknown',
    reason: `no clear answer (${error instanceof Error ? error.name : typeof error})`,
  };
}

function requestOf(vend: Vend): IssueRequest {
  if (!vend.device) throw new Error(`Vend ${vend.id} knows nothing of its meter`);
  return {
    requestId: vend.id,
    meterNumber: vend.meterNumber,
    units: unitsOf(vend),
    amount: amountOf(vend),
    requestedAt: vend.requestedAt,
    device: vend.device,
  };
}
