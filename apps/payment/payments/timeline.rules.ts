import { unreachable } from '#kernel';
import type { Payment } from './payment.entity.js';

export const TIMELINE_STEPS = ['accepted', 'funds_held', 'paid', 'failed', 'refunded'] as const;

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

export function timelineOf(payment: Payment): TimelineStep[] {
  const steps: TimelineStep[] = [
    {
      at: payment.createdAt.toISOString(),
      step: 'accepted',
      text: `${payment.title}: the payment was accepted.`,
    },
  ];
  if (payment.heldAt) {
    steps.push({ at: payment.heldAt.toISOString(), step: 'funds_held', text: 'The money is reserved.' });
  }
  if (payment.status === 'REFUNDED' && payment.receiptNumber && payment.endedAt) {
    const at = payment.endedAt.toISOString();
    steps.push({ at, step: 'paid', text: `Paid. Receipt ${payment.receiptNumber}.` });
  }
  const last = ending(payment);
  if (last) return [...steps, last];
  const open = steps.at(-1)!;
  open.next = payment.heldAt ? 'What was paid for is delivered.' : 'The money is reserved.';
  open.nextBy = new Date(new Date(open.at).getTime() + SOON_MILLIS).toISOString();
  return steps;
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
        text: 'The money was given back to the wallet.',
      };
    default:
      return unreachable(payment.status);
  }
}
