import { StateMachine } from '#kernel';

export const VEND_STATES = ['requested', 'issued', 'failed'] as const;
export type VendState = (typeof VEND_STATES)[number];

/** The states of a vend. In doubt is none of them: it is a requested one whose outcome nobody knows yet. */
export const vendMachine = new StateMachine<VendState>('vend', {
  requested: {
    means: 'The issuer is called once, and asked until it is known what became of it.',
    next: ['issued', 'failed'],
  },
  issued: { means: 'The credit exists; its tokens are its owner’s.', next: [] },
  failed: { means: 'Proven: no credit was made, and none will be.', next: [] },
});
