import { StateMachine } from '#kernel';

export const MONEY_ACTION_STATES = [
  'waiting_for_approval',
  'approved',
  'rejected',
  'done',
  'refused',
] as const;
export type MoneyActionState = (typeof MONEY_ACTION_STATES)[number];

/** The life of what an operator asked for. */
export const moneyActionMachine = new StateMachine<MoneyActionState>('money action', {
  waiting_for_approval: { means: 'A second operator has to agree.', next: ['approved', 'rejected'] },
  approved: {
    means: 'Decided; the service that has the money is told until it answers.',
    next: ['done', 'refused'],
  },
  rejected: { means: 'A second operator said no; no money moves.', next: [] },
  done: { means: 'The money has moved.', next: [] },
  refused: { means: 'The service that has the money refused; no money moves.', next: [] },
});
