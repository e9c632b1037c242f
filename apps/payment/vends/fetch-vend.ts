import { Inject, Injectable } from '@nestjs/common';
import type { VendDetails } from '#contracts';
import { isId, Problem, refuse, type Result } from '#kernel';
import { InternalClient, LOG, type Log, type UserCaller } from '#service-host';
import type { Payment } from '../payments/payment.entity.js';
import { type TokenView, tokenView } from '../payments/payment-views.js';

/** What was bought for a meter. It stays at billing: tokens are kept in one place, sealed. */
@Injectable()
export class FetchVend {
  constructor(
    private readonly client: InternalClient,
    @Inject(LOG) private readonly log: Log,
  ) {}

  /** The tokens of a payment, for its payer; anybody else sees their last four digits. None while billing is away. */
  async tokens(caller: UserCaller, payment: Payment): Promise<TokenView[] | undefined> {
    if (!hasTokens(payment)) return undefined;
    const vend = await this.client.call<VendDetails>('billing', 'GET', pathOf(payment), caller);
    if (vend.ok) return vend.value.tokens.map((token) => tokenView(token, mayReadTokens(caller, payment)));
    const { correlationId } = caller;
    this.log.warn({ correlationId, paymentId: payment.id, code: vend.problem.code }, 'no tokens to be had');
    return undefined;
  }

  /** For the receipt, which is complete or not there. Throws the problem `unavailable`. */
  async details(caller: UserCaller, payment: Payment): Promise<VendDetails | undefined> {
    if (!hasTokens(payment)) return undefined;
    const vend = await this.client.call<VendDetails>('billing', 'GET', pathOf(payment), caller);
    if (vend.ok) return vend.value;
    throw new Problem('unavailable', 'the tokens cannot be fetched now', undefined, { retryAfterSeconds: 1 });
  }

  /** Has its issuer asked now. Refusals: not_found, payment_not_in_doubt. */
  async requery(paymentId: string, caller: UserCaller): Promise<Result<void>> {
    if (!isId(paymentId)) return refuse(new Problem('not_found'));
    return this.client.call('billing', 'POST', `/internal/vends/${paymentId}/requery`, caller);
  }
}

export function mayReadTokens(caller: UserCaller, payment: Payment): boolean {
  return caller.userId === payment.payerId;
}

function hasTokens({ purpose, receiptNumber }: Payment): boolean {
  return purpose === 'electricity' && receiptNumber !== null;
}

const pathOf = ({ id }: Payment) => `/internal/vends/${id}`;
