import Fastify from 'fastify';
import type { ClaimBill, ClaimedBill, FindUser, FoundUser, Gathered, GatheredAnswers } from '#contracts';
import { newId, type ProblemCode } from '#kernel';

export interface OutsideBill {
  amount: string;
  owner: string;
  claimedBy?: string;
  /** Somebody else holds its row. */
  locked?: boolean;
  /** Told which payment claims it. */
  onClaim?: (paymentId: string) => void;
}

/** Billing and the gateway, as payment sees them. */
export interface Outside {
  url: string;
  bills: Map<string, OutsideBill>;
  /** Whom everybody knows, at +2348010000009. */
  friend: string;
  close(): Promise<void>;
}

export async function playOutside(): Promise<Outside> {
  const bills = new Map<string, OutsideBill>();
  const friend = newId();
  const app = Fastify();
  app.post<{ Body: Gathered<ClaimBill> }>('/internal/claims', async (request) => ({
    answers: request.body.questions.map(({ asked }) => answerClaim(bills.get(asked.billId), asked)),
  }));
  app.post<{ Body: Gathered<FindUser> }>('/internal/users/find', async (request) => ({
    answers: request.body.questions.map(({ asked }) => answerFind(friend, asked)),
  }));
  return {
    url: await app.listen({ port: 0, host: '127.0.0.1' }),
    bills,
    friend,
    close: () => app.close(),
  };
}

function answerFind(
  friend: string,
  { phone, userId }: FindUser,
): GatheredAnswers<FoundUser>['answers'][number] {
  if (phone === '+2348010000009') return { value: { userId: friend, maskedName: 'A••• B•••' } };
  if (userId) return { value: { userId, maskedName: 'C•••' } };
  return { problem: { code: 'not_found' } };
}

function answerClaim(
  bill: OutsideBill | undefined,
  { billId, paymentId, amount, payerId, insteadOf = [] }: ClaimBill,
): GatheredAnswers<ClaimedBill>['answers'][number] {
  const refuse = (code: ProblemCode, retryAfterSeconds?: number) => ({
    problem: { code, retryAfterSeconds },
  });
  if (!bill || bill.owner !== payerId) return refuse('not_found');
  if (bill.locked) return refuse('request_in_progress', 1);
  if (amount !== undefined && amount !== bill.amount) return refuse('amount_mismatch');
  const free = !bill.claimedBy || [paymentId, ...insteadOf].includes(bill.claimedBy);
  if (!free) return refuse('payment_in_progress');
  bill.claimedBy = paymentId;
  bill.onClaim?.(paymentId);
  const money = { amount: bill.amount, currency: 'NGN' } as const;
  return { value: { billId, number: 'B-1', kind: 'bill', amount: money, title: 'Bill B-1' } };
}
