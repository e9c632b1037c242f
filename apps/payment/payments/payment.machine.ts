import type { PaymentState } from '#contracts';
import { StateMachine } from '#kernel';

/** The public states of a payment. Nobody writes a status but by a move of this table. */
export const paymentMachine = new StateMachine<PaymentState>('payment', {
  PENDING: { means: 'Accepted; its money is wanted.', next: ['PROCESSING', 'FAILED'] },
  PROCESSING: {
    means: 'The money is held; what was paid for is on its way.',
    next: ['PAID', 'FAILED', 'REFUNDED'],
  },
  PAID: { means: 'Delivered, and the money is taken.', next: ['REFUNDED'] },
  FAILED: { means: 'Nothing was delivered and nothing is kept.', next: [] },
  REFUNDED: { means: 'Collected, and given back.', next: [] },
});
