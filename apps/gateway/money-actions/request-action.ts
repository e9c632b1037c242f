import { createHash } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import {
  type AvailableFunds,
  MoneyActionRequested,
  type ProposedOutcome,
  type ProposeOutcome,
  type RefundablePayment,
} from '#contracts';
import { isId, Money, newId, ok, Problem, refuse, type Result } from '#kernel';
import type { Tx } from '#messaging';
import { UnitOfWork } from '#persistence';
import { InternalClient, SETTINGS, type UserCaller } from '#service-host';
import { UserRow } from '../accounts/user.entity.js';
import type { GatewaySettings } from '../gateway-settings.js';
import { CarryOutAction } from './carry-out-action.effect.js';
import { factsOf, MoneyAction, MoneyActionKey } from './money-action.entity.js';
import { beginCarryingOut } from './decide-action.js';

export interface Requested {
  action: MoneyAction;
  /** True when an earlier request with the same key made it. */
  replayed: boolean;
}

type Order = Pick<MoneyAction, 'kind' | 'subjectId' | 'reason'> &
  Partial<Pick<MoneyAction, 'id' | 'outcome'>> & { amount: Money };
type Finding = Pick<ProposeOutcome, 'outcome' | 'tokens' | 'reason'>;

/**
 * Takes on what an operator asks for, once per key. Up to APPROVAL_LIMIT it is carried out at once; above it waits
 * for a second operator.
 */
@Injectable()
export class RequestAction {
  constructor(
    private readonly requests: UnitOfWork<Tx>,
    private readonly dataSource: DataSource,
    private readonly client: InternalClient,
    private readonly carryOut: CarryOutAction,
    @Inject(SETTINGS) private readonly settings: GatewaySettings,
  ) {}

  /** Refusals: not_found, payment_not_refundable, conflict (asked for already), idempotency_key_reused. */
  async refund(
    paymentId: string,
    reason: string,
    key: string,
    caller: UserCaller,
  ): Promise<Result<Requested>> {
    if (!isId(paymentId)) return refuse(new Problem('not_found'));
    const hash = hashOf('refund', paymentId, reason);
    const earlier = await this.earlier(key, hash, caller);
    if (earlier) return earlier;
    const path = `/internal/payments/${paymentId}/refundable`;
    const payment = await this.client.call<RefundablePayment>('payment', 'GET', path, caller);
    if (!payment.ok) return payment;
    const amount = Money.parse(payment.value.amount.amount, payment.value.amount.currency);
    if (!amount.ok) return amount;
    const order = { kind: 'refund', subjectId: paymentId, amount: amount.value, reason } as const;
    return this.store(order, key, hash, caller);
  }

  /**
   * The finding goes to billing, which keeps it until it is decided: no token is ever here. Refusals: not_found,
   * payment_not_in_doubt, validation_failed (tokens of nothing), conflict (asked for already), idempotency_key_reused.
   */
  async resolve(
    paymentId: string,
    { outcome, tokens = [], reason }: Finding,
    key: string,
    caller: UserCaller,
  ): Promise<Result<Requested>> {
    if (!isId(paymentId)) return refuse(new Problem('not_found'));
    if (outcome === 'not_delivered' && tokens.length > 0) {
      return refuse(new Problem('validation_failed', 'tokens are of what was delivered'));
    }
    const hash = hashOf('resolution', paymentId, outcome, ...tokens, reason);
    const earlier = await this.earlier(key, hash, caller);
    if (earlier) return earlier;
    const id = newId();
    const proposal: ProposeOutcome = { decisionId: id, outcome, tokens, reason };
    const path = `/internal/vends/${paymentId}/proposals`;
    const vend = await this.client.call<ProposedOutcome>('billing', 'POST', path, caller, proposal);
    if (!vend.ok) return vend;
    const amount = Money.parse(vend.value.amount.amount, vend.value.amount.currency);
    if (!amount.ok) return amount;
    const order: Order = {
      id,
      kind: 'resolution',
      subjectId: paymentId,
      amount: amount.value,
      reason,
      outcome,
    };
    return this.store(order, key, hash, caller);
  }

  /** `amount` is signed. Refusals: not_found, insufficient_funds, idempotency_key_reused. */
  async adjust(
    walletId: string,
    amount: Money,
    reason: string,
    key: string,
    caller: UserCaller,
  ): Promise<Result<Requested>> {
    const hash = hashOf('adjustment', walletId, amount.toString(), reason);
    const earlier = await this.earlier(key, hash, caller);
    if (earlier) return earlier;
    const owner = isId(walletId) && (await this.dataSource.getRepository(UserRow).existsBy({ id: walletId }));
    if (!owner) return refuse(new Problem('not_found'));
    const path = `/internal/wallets/${walletId}/available`;
    const wallet = await this.client.call<AvailableFunds>('wallet', 'GET', path, caller);
    if (!wallet.ok) return wallet;
    const available = Money.parse(wallet.value.available.amount, wallet.value.available.currency);
    if (!available.ok) return available;
    if (available.value.plus(amount).minor < 0n) {
      return refuse(new Problem('insufficient_funds', `${available.value.toString()} can be taken`));
    }
    return this.store({ kind: 'adjustment', subjectId: walletId, amount, reason }, key, hash, caller);
  }

  /** The answer to an earlier request with this key: what is true of the payment or the wallet now does not matter. */
  private earlier(key: string, hash: string, caller: UserCaller): Promise<Result<Requested> | undefined> {
    return this.requests.run(caller, async (tx) => {
      const known = await tx.load(MoneyActionKey, keyId(caller, key));
      return known && replay(known, hash, tx);
    });
  }

  private store(order: Order, key: string, hash: string, caller: UserCaller): Promise<Result<Requested>> {
    const { kind, subjectId, amount, reason, outcome = null } = order;
    const limit = Money.major(BigInt(this.settings.APPROVAL_LIMIT), amount.currency);
    const needsApproval = limit.lessThan(amount.positive ? amount : amount.negated());
    return this.requests.run(caller, async (tx) => {
      const id = order.id ?? newId(tx.now.getTime());
      const keyRow = { id: keyId(caller, key), bodyHash: hash, actionId: id, createdAt: tx.now };
      if (!(await tx.insertIfAbsent(MoneyActionKey, keyRow))) {
        return replay(await tx.get(MoneyActionKey, keyRow.id), hash, tx);
      }
      const action: MoneyAction = {
        id,
        kind,
        subjectId,
        outcome,
        amount: amount.minor,
        currency: amount.currency,
        reason,
        state: needsApproval ? 'waiting_for_approval' : 'approved',
        requestedBy: caller.userId,
        requestedAt: tx.now,
        needsApproval,
        decidedBy: null,
        decidedAt: null,
        decidedWhy: null,
        refusal: null,
        endedAt: null,
      };
      if (!(await tx.insertIfAbsent(MoneyAction, action))) return refuse(askedAlready());
      tx.publish(MoneyActionRequested, subjectId, {
        ...factsOf(action, caller.userId),
        reason,
        needsApproval,
      });
      if (!needsApproval) beginCarryingOut(this.carryOut, action, tx);
      return ok({ action, replayed: false });
    });
  }
}

async function replay(known: MoneyActionKey, hash: string, tx: Tx): Promise<Result<Requested>> {
  if (known.bodyHash !== hash) return refuse(new Problem('idempotency_key_reused'));
  const action = await tx.load(MoneyAction, known.actionId);
  return action ? ok({ action, replayed: true }) : refuse(askedAlready());
}

function askedAlready(): Problem {
  return new Problem('conflict', 'this was asked for already');
}

const keyId = ({ userId }: UserCaller, key: string) => `${userId}:${key}`;

function hashOf(...parts: string[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('base64url');
}
