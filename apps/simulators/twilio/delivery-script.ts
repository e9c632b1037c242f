export type MessageStatus =
  'accepted' | 'queued' | 'sending' | 'sent' | 'delivered' | 'undelivered' | 'failed';

export interface Step {
  status: MessageStatus;
  /** When it happens, in steps after the acceptance; a step takes 200 ms unless the simulator is told. */
  after: number;
  errorCode?: number;
}

/** How the reports reach the customer: as they should, or as they do on a bad day. */
export type CallbackStyle = 'in-order' | 'out-of-order' | 'twice' | 'wrong-signature' | 'none';

/** What becomes of an accepted message. Its status is read off this script, so no timer is needed for it. */
export interface DeliveryScript {
  steps: readonly Step[];
  callbacks: CallbackStyle;
}

export const DELIVERY_FAULTS = {
  undelivered: 'the carrier reports failure; code 30003 unless told',
  failed: 'Twilio cannot send it; code 30008 unless told',
  'stays-sent': 'the carrier never gives a receipt',
  'callbacks-out-of-order': 'delivered is reported before sent',
  'callbacks-twice': 'each callback comes twice',
  'wrong-signature': 'callbacks are signed with another token',
  'no-callbacks': 'no callback at all; the state shows by GET',
} as const;

export type DeliveryFault = keyof typeof DELIVERY_FAULTS;

// `sending` is seen by whoever asks at the right moment; Twilio reports it to nobody.
const SENDING: Step = { status: 'sending', after: 0.5 };
const SENT: Step = { status: 'sent', after: 1 };
const DELIVERED: Step[] = [SENDING, SENT, { status: 'delivered', after: 2 }];

const ORDINARY: DeliveryScript = { steps: DELIVERED, callbacks: 'in-order' };

const SCRIPTS: Readonly<Record<DeliveryFault, DeliveryScript>> = {
  undelivered: undelivered(30003),
  failed: failed(30008),
  'stays-sent': { steps: [SENDING, SENT], callbacks: 'in-order' },
  'callbacks-out-of-order': { steps: DELIVERED, callbacks: 'out-of-order' },
  'callbacks-twice': { steps: DELIVERED, callbacks: 'twice' },
  'wrong-signature': { steps: DELIVERED, callbacks: 'wrong-signature' },
  'no-callbacks': { steps: DELIVERED, callbacks: 'none' },
};

export function scriptOf(fault: DeliveryFault | undefined, errorCode?: number): DeliveryScript {
  if (fault === undefined) return ORDINARY;
  if (errorCode !== undefined && fault === 'undelivered') return undelivered(errorCode);
  if (errorCode !== undefined && fault === 'failed') return failed(errorCode);
  return SCRIPTS[fault];
}

export interface Report {
  step: Step;
  /** When the customer is told, in steps after the acceptance. */
  after: number;
  /** How many times at once. */
  copies: number;
}

/** The callbacks a script leads to, in the order in which they leave. */
export function reportsOf({ steps, callbacks }: DeliveryScript): Report[] {
  const copies = callbacks === 'twice' ? 2 : 1;
  const told = steps.filter((step) => step.status !== 'sending');
  switch (callbacks) {
    case 'in-order':
    case 'twice':
    case 'wrong-signature':
      return told.map((step) => ({ step, after: step.after, copies }));
    case 'out-of-order': {
      const last = told.at(-1)!;
      return [...told].reverse().map((step, behind) => ({ step, after: last.after + behind, copies }));
    }
    case 'none':
      return [];
  }
}

function undelivered(errorCode: number): DeliveryScript {
  return { steps: [SENDING, SENT, { status: 'undelivered', after: 2, errorCode }], callbacks: 'in-order' };
}

function failed(errorCode: number): DeliveryScript {
  return { steps: [SENDING, { status: 'failed', after: 1, errorCode }], callbacks: 'in-order' };
}
