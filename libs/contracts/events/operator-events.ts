import { defineEvent, t } from '../event-definition.js';

/** Who decided it, and why: what operators do is in the audit trail, whatever becomes of it afterwards. */
const decision = { decisionId: t.id, by: t.id };

const letter = {
  ...decision,
  /** The event that was given up, and by which service. */
  eventId: t.id,
  service: t.text,
  eventType: t.text,
  error: t.text,
};

/** An operator decided that a dead letter is handled again. */
export const DeadLetterRetried = defineEvent('dead_letter_retried', 1, 'gateway', letter);

/** An operator decided that a dead letter shall have no effect. */
export const DeadLetterDiscarded = defineEvent('dead_letter_discarded', 1, 'gateway', {
  ...letter,
  reason: t.text,
});

const action = {
  ...decision,
  kind: t.oneOf(['refund', 'adjustment', 'resolution'] as const),
  /** The payment, or the wallet. */
  subjectId: t.id,
  /** Signed for an adjustment. */
  amount: t.money,
  /** Of a resolution: what was found out about a payment in doubt. */
  finding: t.maybe(t.oneOf(['delivered', 'not_delivered'] as const)),
};

/** An operator asked for money to be moved. */
export const MoneyActionRequested = defineEvent('money_action_requested', 1, 'gateway', {
  ...action,
  reason: t.text,
  /** A second operator has to agree first. */
  needsApproval: t.flag,
});

/** A second operator agreed. */
export const MoneyActionApproved = defineEvent('money_action_approved', 1, 'gateway', action);

/** A second operator said no; no money moves. */
export const MoneyActionRejected = defineEvent('money_action_rejected', 1, 'gateway', {
  ...action,
  reason: t.text,
});

/** How it ended: the service that has the money did it, or refused. `by` is who asked. */
export const MoneyActionEnded = defineEvent('money_action_ended', 1, 'gateway', {
  ...action,
  outcome: t.oneOf(['done', 'refused'] as const),
  code: t.maybe(t.text),
});
