import { StateMachine } from '#kernel';

export const BILL_STATUSES = ['unpaid', 'paid', 'cancelled'] as const;
export type BillStatus = (typeof BILL_STATUSES)[number];

/** The states of a bill. `overdue` is none of them: it is a reading of the due date. */
export const billMachine = new StateMachine<BillStatus>('bill', {
  unpaid: { means: 'Somebody owes it; one payment at a time may claim it.', next: ['paid', 'cancelled'] },
  paid: {
    means: 'One completed payment paid it. Given back, the bill is owed again.',
    next: ['unpaid'],
  },
  cancelled: { means: 'Whoever made it, or an operator, took it back unpaid.', next: [] },
});
