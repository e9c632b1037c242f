import { unreachable } from '#kernel';
import { isInDoubt, type Payment } from './payment.entity.js';

export const TIMELINE_STEPS = [
  'accepted',
  'funds_held',
  'token_requested',
  'in_doubt',
  'paid',
  'failed',
  'refunded',
] as const;

/** One line of a payment's story: what happened, what comes next, and by when. */
export interface TimelineStep {
  at: string;
  step: (typeof TIMELINE_STEPS)[number];
  text: string;
  next?: string;
  nextBy?: string;
}

/** Money in the wallet is reserved, and what needs nobody outside is delivered, within seconds. */
const SOON_MILLIS = 10_000;

/** `resolveHours`: in which an outcome that is unknown is found out. */
export function timelineOf(payment: Payment, resolveHours: number): TimelineStep[] {
  const steps: TimelineStep[] = [
    {
      at: payment.createdAt.toISOString(),
      step: 'accepted',
      text: `${payment.title}: the payment was accepted.`,
    },
  ];
  if (payment.heldAt) {
    steps.push({ at: payment.heldAt.toISOString(), step: 'funds_held', text: 'The money is reserved.' });
    if (payment.purpose === 'electricity') {
      steps.push({
        at: payment.heldAt.toISOString(),
        step: 'token_requested',
        text: 'The token is being made.',
      });
    }
  }
  if (payment.status === 'REFUNDED' && payment.receiptNumber && payment.endedAt) {
    const at = payment.endedAt.toISOString();
    steps.push({ at, step: 'paid', text: `Paid. Receipt ${payment.receiptNumber}.` });
  }
  const last = ending(payment);
  if (last) return [...steps, last];
  if (isInDoubt(payment) && payment.inDoubtSince)
    return [...steps, inDoubt(payment.inDoubtSince, resolveHours)];
  const open = steps.at(-1)!;
  open.next = payment.heldAt ? 'What was paid for is delivered.' : 'The money is reserved.';
  open.nextBy = new Date(new Date(open.at).getTime() + SOON_MILLIS).toISOString();
  return steps;
}

function inDoubt(since: Date, resolveHours: number): TimelineStep {
  return {
    at: since.toISOString(),
    step: 'in_doubt',
    text: 'Whether the token was made is not known yet. The money stays reserved, and no second one is made.',
    next: 'The outcome is found out.',
    nextBy: new Date(since.getTime() + resolveHours * 3_600_000).toISOString(),
  };
}

function ending(payment: Payment): TimelineStep | undefined {
  const at = (payment.endedAt ?? payment.createdAt).toISOString();
  switch (payment.status) {
    case 'PENDING':
    case 'PROCESSING':
      return undefined;
    case 'PAID':
      return { at, step: 'paid', text: `Paid. Receipt ${payment.receiptNumber}.` };
    case 'FAILED':
      return { at, step: 'failed', text: `Failed: ${payment.failureReason} Nothing was charged.` };
    case 'REFUNDED':
      return {
        at: payment.refundedAt?.toISOString() ?? at,
        step: 'refunded',
        text: payment.failureReason
          ? `Failed: ${payment.failureReason} The money is in the wallet.`
          : 'The money was given back to the wallet.',
      };
    default:
      return unreachable(payment.status);
  }
}
