import { StateMachine } from '#kernel';

export const VOUCHER_STATES = ['unused', 'redeeming', 'redeemed', 'expired', 'void'] as const;
export type VoucherState = (typeof VOUCHER_STATES)[number];

export const voucherMachine = new StateMachine<VoucherState>('voucher', {
  unused: { means: 'Whoever has the code may redeem it.', next: ['redeeming', 'expired', 'void'] },
  redeeming: {
    means:
      'Somebody redeems it: its one vend is under way, or in doubt. Only a proven refusal gives it back.',
    next: ['redeemed', 'unused'],
  },
  redeemed: { means: 'Its vend was issued.', next: [] },
  expired: { means: 'Nobody redeemed it in time; its value went back to where it came from.', next: [] },
  void: { means: 'Taken out of use before anybody redeemed it; its value went back.', next: [] },
});

export const BATCH_STATES = ['waiting', 'funded', 'cancelled'] as const;
export type BatchState = (typeof BATCH_STATES)[number];

export const batchMachine = new StateMachine<BatchState>('voucher batch', {
  waiting: {
    means: 'Its bill is not paid, or a second operator has not agreed: it has no codes.',
    next: ['funded', 'cancelled'],
  },
  funded: { means: 'Its value is set aside; its codes can be made and redeemed.', next: [] },
  cancelled: { means: 'Its bill was cancelled unpaid.', next: [] },
});

export type RedemptionState = 'open' | 'done' | 'refused';

export const redemptionMachine = new StateMachine<RedemptionState>('redemption', {
  open: { means: 'The voucher is taken, and its vend is under way.', next: ['done', 'refused'] },
  done: { means: 'The vend was issued: the voucher is redeemed.', next: [] },
  refused: { means: 'Proven that no credit was made: the voucher can be used again.', next: [] },
});
