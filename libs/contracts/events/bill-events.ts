import { defineEvent, t } from '../event-definition.js';

const bill = {
  billId: t.id,
  /** What people call it: `B-7K3Q9ZPX4M2D`. */
  number: t.text,
  kind: t.oneOf(['bill', 'electricity', 'vouchers'] as const),
  customerId: t.id,
  amount: t.money,
  dueDate: t.day,
  meterNumber: t.maybe(t.text),
  description: t.maybe(t.text),
};

export const BillCreated = defineEvent('bill_created', 1, 'billing', bill);
/** Carries the bill as it is after the change. */
export const BillChanged = defineEvent('bill_changed', 1, 'billing', bill);
export const BillCancelled = defineEvent('bill_cancelled', 1, 'billing', bill);
