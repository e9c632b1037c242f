import { StateMachine } from '#kernel';

export type HoldState = 'held' | 'captured' | 'released' | 'refused' | 'refunded';

/** The life of a hold. It never expires: an expired hold and a late success would be goods for nothing. */
export const holdMachine = new StateMachine<HoldState>('hold', {
  held: { means: 'The amount is reserved in the payer’s wallet.', next: ['captured', 'released'] },
  captured: { means: 'What was paid for is delivered, and the money is taken.', next: ['refunded'] },
  released: { means: 'Nothing is reserved any more; the money is the owner’s to spend.', next: [] },
  refunded: { means: 'The money was taken, and an operator gave it back.', next: [] },
  refused: { means: 'Nothing was reserved, and never will be for this payment.', next: [] },
});
