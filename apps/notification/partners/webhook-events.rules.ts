import {
  BillCancelled,
  BillChanged,
  BillCreated,
  type Envelope,
  type EventDefinition,
  PaymentCompleted,
  PaymentFailed,
  typeOf,
  WalletUpdated,
} from '#contracts';

/** What partners are told of, in the names of Standard Webhooks. */
export const WEBHOOK_TYPES = [
  'bill.created',
  'bill.changed',
  'bill.cancelled',
  'payment.completed',
  'payment.failed',
  'wallet.updated',
] as const;
export type WebhookType = (typeof WEBHOOK_TYPES)[number];
/** A star stands for all of them, those to come too. */
export type Subscribed = WebhookType | '*';

interface Told {
  type: WebhookType;
  /** The member of the payload that says whose event it is. */
  owner: string;
  /** The members that partners see. A member that an event gains is not told until it stands here. */
  members: readonly string[];
}

const BILL = ['billId', 'number', 'kind', 'customerId', 'amount', 'dueDate', 'meterNumber', 'description'];
const PAYMENT = [
  'paymentId',
  'reference',
  'purpose',
  'method',
  'payerId',
  'payeeId',
  'billId',
  'amount',
  'title',
];
const WALLET = ['walletId', 'ownerId', 'change', 'amount', 'balance', 'available', 'paymentId', 'reference'];

const told = (event: EventDefinition, type: WebhookType, owner: string, members: string[]) =>
  [typeOf(event), { type, owner, members }] as const;

const TOLD: ReadonlyMap<string, Told> = new Map([
  told(BillCreated, 'bill.created', 'customerId', BILL),
  told(BillChanged, 'bill.changed', 'customerId', BILL),
  told(BillCancelled, 'bill.cancelled', 'customerId', BILL),
  told(PaymentCompleted, 'payment.completed', 'payerId', [...PAYMENT, 'receiptNumber', 'completedAt']),
  told(PaymentFailed, 'payment.failed', 'payerId', [...PAYMENT, 'code', 'reason']),
  told(WalletUpdated, 'wallet.updated', 'ownerId', WALLET),
]);

export interface WebhookMessage {
  type: WebhookType;
  ownerId: string;
  /** `{"type","timestamp","data"}`; the timestamp is the event's own, so that a receiver can put them in order. */
  body: string;
}

/** The event as partners are told; undefined for one that they are not told of. */
export function webhookMessage({ type, time, data }: Envelope): WebhookMessage | undefined {
  const it = TOLD.get(type);
  if (!it) return undefined;
  const payload = data as Record<string, unknown>;
  const shown = Object.fromEntries(
    it.members.filter((name) => payload[name] !== undefined).map((name) => [name, payload[name]]),
  );
  const body = JSON.stringify({ type: it.type, timestamp: time, data: shown });
  return { type: it.type, ownerId: String(payload[it.owner]), body };
}

export function wants(events: readonly Subscribed[], type: WebhookType): boolean {
  return events.includes('*') || events.includes(type);
}
