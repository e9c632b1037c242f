import { StateMachine } from '#kernel';

export const ALERT_STATES = ['armed', 'held', 'raised'] as const;
export type AlertState = (typeof ALERT_STATES)[number];

/** One alert of one meter: told once for each time that its limit is crossed. */
export const alertMachine = new StateMachine<AlertState>('alert', {
  armed: { means: 'The limit is not crossed.', next: ['held', 'raised'] },
  held: { means: 'It was crossed at a time when nobody is to be told.', next: ['armed', 'raised'] },
  raised: { means: 'It was crossed and told; it tells again once it has recovered.', next: ['armed'] },
});
