import { StateMachine } from '#kernel';

export const MESSAGE_STATES = [
  'queued',
  'sending',
  'sent',
  'delivered',
  'undelivered',
  'failed',
  'shown',
] as const;
export type MessageState = (typeof MESSAGE_STATES)[number];

/** States only move forward: reports of a delivery may come late, twice and in any order. */
export const messageMachine = new StateMachine<MessageState>('message', {
  queued: {
    means: 'It is to be sent; Twilio is not known to have it.',
    next: ['sending', 'sent', 'delivered', 'undelivered', 'failed'],
  },
  sending: { means: 'Twilio has accepted it.', next: ['sent', 'delivered', 'undelivered', 'failed'] },
  sent: {
    means: "The person's network has it. Where it gives no receipts, it stays so.",
    next: ['delivered', 'undelivered', 'failed'],
  },
  delivered: { means: 'The phone has it.', next: [] },
  undelivered: { means: 'The network could not deliver it.', next: [] },
  failed: { means: 'It was refused, or could not be sent.', next: [] },
  shown: { means: 'It stands in the app; no SMS was wanted.', next: [] },
});

const STATE_OF: Readonly<Record<string, MessageState>> = {
  accepted: 'sending',
  scheduled: 'sending',
  queued: 'sending',
  sending: 'sending',
  sent: 'sent',
  delivered: 'delivered',
  read: 'delivered',
  undelivered: 'undelivered',
  failed: 'failed',
  canceled: 'failed',
};

/** What Twilio's status means to us; undefined for a status that says nothing about an outgoing SMS. */
export function stateOf(twilioStatus: string): MessageState | undefined {
  return Object.hasOwn(STATE_OF, twilioStatus) ? STATE_OF[twilioStatus] : undefined;
}
