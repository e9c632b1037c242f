import { defineEvent, t } from '../event-definition.js';

/** Which vend; a payment's has the payment's id. */
const vend = {
  vendId: t.id,
  /** The payment that it was bought with; none when it has another cause. */
  paymentId: t.maybe(t.id),
  meterNumber: t.text,
};

/** The money is held: credit for the meter is wanted, as the bill's quote promises it. */
export const VendRequested = defineEvent('vend_requested', 1, 'payment', {
  paymentId: t.id,
  billId: t.id,
  payerId: t.id,
  meterNumber: t.text,
  amount: t.money,
});

/** The credit exists. The tokens themselves are in no event: billing gives them to their owner. */
export const TokensIssued = defineEvent('tokens_issued', 1, 'billing', {
  ...vend,
  /** Zero when the credit went to the meter online. */
  tokenCount: t.count,
  /** Energy, or the days that a device works. */
  units: t.object({ kwh: t.maybe(t.text), days: t.maybe(t.count) }),
});

/** Proven: no credit was made, and none will be. */
export const VendFailed = defineEvent('vend_failed', 1, 'billing', { ...vend, code: t.text, reason: t.text });

/** Whether the credit was made is not known. It is asked for, or settled by a person; never made again. */
export const VendInDoubt = defineEvent('vend_in_doubt', 1, 'billing', { ...vend, reason: t.text });

/** The owner of tokens wants them once more on their own phone. */
export const TokensWantedAgain = defineEvent('tokens_wanted_again', 1, 'billing', {
  vendId: t.id,
  ownerId: t.id,
});
