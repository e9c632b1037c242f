import Fastify from 'fastify';
import { newId } from '#kernel';

export interface OutsideBill {
  amount: string;
  owner: string;
  claimedBy?: string;
  /** Somebody else holds its row. */
  locked?: boolean;
  /** Told which payment claims it. */
  onClaim?: (paymentId: string) => void;
}

interface Claim {
  paymentId: string;
  amount?: string;
  payerId: string;
  insteadOf: string[];
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
  app.put<{ Params: { id: string }; Body: Claim }>('/internal/bills/:id/claim', async (request, reply) => {
    const bill = bills.get(request.params.id);
    const { paymentId, amount, payerId, insteadOf } = request.body;
    const refuse = (status: number, code: string) => reply.status(status).send({ code, status });
    if (!bill || bill.owner !== payerId) return refuse(404, 'not_found');
    if (bill.locked)
      return reply.status(409).header('retry-after', '1').send({ code: 'request_in_progress' });
    if (amount !== undefined && amount !== bill.amount) return refuse(422, 'amount_mismatch');
    const free = !bill.claimedBy || [paymentId, ...insteadOf].includes(bill.claimedBy);
    if (!free) return refuse(409, 'payment_in_progress');
    bill.claimedBy = paymentId;
    bill.onClaim?.(paymentId);
    const money = { amount: bill.amount, currency: 'NGN' };
    return { billId: request.params.id, number: 'B-1', kind: 'bill', amount: money, title: 'Bill B-1' };
  });
  app.post<{ Body: { phone?: string; userId?: string } }>('/internal/users/find', async (request, reply) => {
    if (request.body.phone === '+2348010000009') return { userId: friend, maskedName: 'A••• B•••' };
    if (request.body.userId) return { userId: request.body.userId, maskedName: 'C•••' };
    return reply.status(404).send({ code: 'not_found', status: 404 });
  });
  return {
    url: await app.listen({ port: 0, host: '127.0.0.1' }),
    bills,
    friend,
    close: () => app.close(),
  };
}
