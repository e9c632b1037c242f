import {
  BillCancelled,
  BillChanged,
  BillCreated,
  type Envelope,
  FundsHeld,
  MeterAlertRaised,
  PaymentCompleted,
  PaymentFailed,
  PaymentInitiated,
  type PayloadOf,
  type EventDefinition,
  typeOf,
  WalletUpdated,
} from '#contracts';

/** What a browser is told while it looks: that something is new, and enough to show it. */
export interface LiveMessage {
  type: 'payment' | 'wallet' | 'notification';
  data: Record<string, unknown>;
}

/** A message for one person. */
export interface Addressed {
  userId: string;
  message: LiveMessage;
}

/** The events that a gateway overhears. */
export const LIVE_EVENTS: readonly EventDefinition[] = [
  PaymentInitiated,
  FundsHeld,
  PaymentCompleted,
  PaymentFailed,
  WalletUpdated,
  BillCreated,
  BillChanged,
  BillCancelled,
  MeterAlertRaised,
];

/** Whose a payment is; an event that does not tell is shown where an earlier one did. */
export type PayerOf = (paymentId: string) => string | undefined;

type Tell = (envelope: Envelope, payerOf: PayerOf) => Addressed | undefined;

const TELL: ReadonlyMap<string, Tell> = new Map([
  telling(PaymentInitiated, (data, at) => payment(data, at, 'PENDING', 'accepted')),
  telling(FundsHeld, ({ paymentId }, at, payerOf) => {
    const userId = payerOf(paymentId);
    const data = { id: paymentId, status: 'PROCESSING', step: 'funds_held', at };
    return userId === undefined ? undefined : { userId, message: { type: 'payment', data } };
  }),
  telling(PaymentCompleted, (data, at) =>
    payment(data, at, 'PAID', 'paid', { receiptNumber: data.receiptNumber }),
  ),
  telling(PaymentFailed, (data, at) =>
    payment(data, at, 'FAILED', 'failed', { failure: { code: data.code, reason: data.reason } }),
  ),
  telling(WalletUpdated, ({ ownerId, walletId, change, amount, balance, available, paymentId }, at) => {
    const data = { id: walletId, change, amount, balance, available, paymentId, at };
    return { userId: ownerId, message: { type: 'wallet', data } };
  }),
  telling(MeterAlertRaised, ({ ownerId, app, sms: _sms, ...alert }, at) => {
    const data = { kind: MeterAlertRaised.name, ...alert, at };
    return app ? { userId: ownerId, message: { type: 'notification', data } } : undefined;
  }),
  ...[BillCreated, BillChanged, BillCancelled].map((event) =>
    telling(event, ({ customerId, billId, number, amount, dueDate }, at) => {
      const data = { kind: event.name, billId, number, amount, dueDate, at };
      return { userId: customerId, message: { type: 'notification', data } };
    }),
  ),
]);

/** Who is told what of an event; undefined when nobody is. */
export function liveMessage(envelope: Envelope, payerOf: PayerOf): Addressed | undefined {
  return TELL.get(envelope.type)?.(envelope, payerOf);
}

function telling<E extends EventDefinition>(
  event: E,
  tell: (data: PayloadOf<E>, at: string, payerOf: PayerOf) => Addressed | undefined,
): [string, Tell] {
  return [typeOf(event), ({ data, time }, payerOf) => tell(data as PayloadOf<E>, time, payerOf)];
}

function payment(
  { paymentId, payerId, reference, purpose, amount, billId }: PayloadOf<typeof PaymentInitiated>,
  at: string,
  status: string,
  step: string,
  more: object = {},
): Addressed {
  const data = { id: paymentId, reference, purpose, amount, billId, status, step, at, ...more };
  return { userId: payerId, message: { type: 'payment', data } };
}
