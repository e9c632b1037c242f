import { StateMachine } from '#kernel';

export const DELIVERY_STATES = ['pending', 'sending', 'delivered', 'failed'] as const;
export type DeliveryState = (typeof DELIVERY_STATES)[number];

/** An ended delivery begins anew only when its owner replays it. */
export const deliveryMachine = new StateMachine<DeliveryState>('webhook delivery', {
  pending: { means: 'Its next attempt is due at a known time.', next: ['sending', 'pending'] },
  sending: { means: 'An attempt is under way.', next: ['delivered', 'failed', 'pending', 'sending'] },
  delivered: { means: 'The partner has answered 2xx.', next: ['pending'] },
  failed: { means: 'It was given up: the schedule is over, or the endpoint is gone.', next: ['pending'] },
});
