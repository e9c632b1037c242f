import { Inject, Injectable } from '@nestjs/common';
import { DataSource, In } from 'typeorm';
import {
  type ClaimBill,
  type ClaimedBill,
  FundsCollected,
  type Method,
  PaymentInitiated,
  type Purpose,
} from '#contracts';
import { Money, numberFor, ok, Problem, refuse, type Result } from '#kernel';
import type { Tx } from '#messaging';
import { UnitOfWork } from '#persistence';
import { GatheredCalls, InternalClient, SETTINGS, type UserCaller } from '#service-host';
import type { PaymentSettings } from '../payment-settings.js';
import { ClosedPerson } from '../closings/closed-person.entity.js';
import { hashOf, type RequestKeys, reserve } from '../requests/request-keys.js';
import { RequestKey } from '../requests/request-key.entity.js';
import { factsOf, Payment } from './payment.entity.js';

/** Pay a bill. Without an amount, the bill's own is meant. */
export interface PayBill {
  billId: string;
  amount?: string | number;
  method: Method;
}

/** A payment that needs nobody's leave but the payer's money. */
export interface PayDirectly {
  purpose: Extract<Purpose, 'top_up' | 'transfer'>;
  method: Method;
  amount: Money;
  payeeId?: string;
  title: string;
  note?: string;
}

export interface Accepted {
  payment: Payment;
  /** True when an earlier request with the same key made it. */
  replayed: boolean;
}

type Details = Pick<Payment, 'purpose' | 'method' | 'amount' | 'currency' | 'title'> &
  Partial<Pick<Payment, 'billId' | 'payeeId' | 'note' | 'meterNumber'>>;

/** Takes on a payment, once per key: afterwards it is stored and announced, and nothing is charged yet. */
@Injectable()
export class AcceptPayment {
  private readonly claims: GatheredCalls<ClaimBill, ClaimedBill>;

  constructor(
    private readonly work: UnitOfWork<Tx>,
    client: InternalClient,
    private readonly dataSource: DataSource,
    @Inject(SETTINGS) private readonly settings: PaymentSettings,
  ) {
    this.claims = new GatheredCalls(client, 'billing', '/internal/claims');
  }

  /** Refusals: those of the keys; step_up_required, after which the same keys go on with a proof. */
  async direct(caller: UserCaller, order: PayDirectly, keys: RequestKeys): Promise<Result<Accepted>> {
    const { amount, purpose, method, payeeId, title, note } = order;
    const hash = hashOf({ purpose, method, payeeId, note, minor: amount.minor, currency: amount.currency });
    return this.work.run(caller, async (tx) => {
      const reserved = await reserve(keys, hash, tx);
      if (!reserved.ok) return reserved;
      const mayPass = purpose === 'top_up' || !this.needsProof(caller, amount);
      if (!mayPass && !(await tx.load(Payment, reserved.value.paymentId)))
        return refuse(new Problem('step_up_required'));
      const money = { amount: amount.minor, currency: amount.currency };
      const details = { purpose, method, payeeId, title, note, ...money };
      return store(caller, reserved.value.paymentId, details, tx);
    });
  }

  /**
   * Three steps, each safe to repeat: the key fixes the payment's id, billing promises the bill to that id,
   * the payment is stored. Whoever dies in between leaves a claim that billing settles by asking.
   */
  async bill(caller: UserCaller, order: PayBill, keys: RequestKeys): Promise<Result<Accepted>> {
    const reserved = await this.work.run(caller, async (tx) => {
      const found = await reserve(keys, hashOf({ purpose: 'bill', ...order }), tx);
      if (!found.ok) return found;
      const { isNew, paymentId } = found.value;
      return ok({ ...found.value, payment: isNew ? undefined : await tx.load(Payment, paymentId) });
    });
    if (!reserved.ok) return reserved;
    const { paymentId: id, insteadOf, payment } = reserved.value;
    if (payment) return ok({ payment, replayed: true });
    const claim = await this.claims.ask(caller, {
      billId: order.billId,
      paymentId: id,
      amount: order.amount,
      payerId: caller.userId,
      insteadOf,
      ...(!caller.steppedUp && { atMost: this.settings.STEP_UP_ABOVE }),
    });
    if (!claim.ok) return refuse(await this.withLink(claim.problem, order.billId));
    const { amount, title, meterNumber, kind } = claim.value;
    const money = Money.parse(amount.amount, amount.currency);
    if (!money.ok) throw money.problem;
    const details: Details = {
      purpose: kind,
      method: order.method,
      billId: order.billId,
      meterNumber,
      title,
      amount: money.value.minor,
      currency: amount.currency,
    };
    return this.work.run(caller, async (tx) => {
      const [rows] = await Promise.all([
        Promise.all(keys.ids.map((key) => tx.get(RequestKey, key))),
        tx.load(ClosedPerson, caller.userId), // asked for by `store`: so it takes no trip of its own
      ]);
      const isOurs = () => rows.every((row) => !row.abandoned && row.paymentId === id);
      if (!isOurs()) return refuse(tookTooLong());
      const stored = await store(caller, id, details, tx);
      // Billing's question may have been answered in this same transaction while `store` waited: then it is run again, alone.
      if (stored.ok && !isOurs()) throw new Error(`payment ${id} was declared abandoned while it was stored`);
      return stored;
    });
  }

  private needsProof({ steppedUp }: UserCaller, amount: Money): boolean {
    return !steppedUp && Money.major(BigInt(this.settings.STEP_UP_ABOVE), amount.currency).lessThan(amount);
  }

  /** A payment under way is named, so that the payer can watch it instead of paying again. */
  private async withLink(problem: Problem, billId: string): Promise<Problem> {
    if (problem.code !== 'payment_in_progress') return problem;
    const open = await this.dataSource
      .getRepository(Payment)
      .findOneBy({ billId, status: In(['PENDING', 'PROCESSING', 'PAID']) });
    return open ? inProgress(open.id) : problem;
  }
}

async function store(caller: UserCaller, id: string, details: Details, tx: Tx): Promise<Result<Accepted>> {
  // Looked at before the payment is written: whoever closes an account waits for all who have looked.
  const { payeeId } = details;
  const [payer, payee] = await Promise.all([
    tx.load(ClosedPerson, caller.userId),
    payeeId ? tx.load(ClosedPerson, payeeId) : undefined,
  ]);
  if (payer?.isClosed) return refuse(new Problem('conflict', 'this account is being deleted'));
  if (payee?.isClosed) return refuse(new Problem('not_found'));
  const payment: Payment = {
    id,
    reference: numberFor('P', id),
    payerId: caller.userId,
    payeeId: null,
    billId: null,
    meterNumber: null,
    note: null,
    status: 'PENDING',
    failureCode: null,
    failureReason: null,
    receiptNumber: null,
    createdAt: tx.now,
    heldAt: null,
    inDoubtSince: null,
    endedAt: null,
    refundedAt: null,
    refundReason: null,
    refundDecision: null,
    ...details,
  };
  if (!(await tx.insertIfAbsent(Payment, payment))) {
    const earlier = await tx.load(Payment, id);
    return earlier ? ok({ payment: earlier, replayed: true }) : refuse(new Problem('payment_in_progress'));
  }
  tx.publish(PaymentInitiated, id, factsOf(payment));
  // The sandbox is the provider that always says yes, at once. It exists in the demo only.
  if (payment.method === 'sandbox')
    tx.publish(FundsCollected, id, { ...factsOf(payment), provider: 'sandbox' });
  return ok({ payment, replayed: false });
}

/** Billing has freed the claim meanwhile. Sent again under the same key, the request begins anew. */
function tookTooLong(): Problem {
  const detail = 'this request took too long; send it again';
  return new Problem('unavailable', detail, undefined, { retryAfterSeconds: 1 });
}

function inProgress(paymentId: string): Problem {
  const links = { payment: `/api/payments/${paymentId}` };
  return new Problem('payment_in_progress', 'watch the payment that is under way', undefined, { links });
}
