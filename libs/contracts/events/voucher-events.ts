import { defineEvent, t } from '../event-definition.js';

/** Operators gave vouchers away: their value is set aside. No event carries a code. */
export const VouchersGranted = defineEvent('vouchers_granted', 1, 'billing', {
  batchId: t.id,
  by: t.id,
  /** The second operator, above the limit. */
  approvedBy: t.maybe(t.id),
  count: t.count,
  /** Of all of them; zero when they are worth energy. */
  amount: t.money,
  /** Of all of them, when they are worth energy. */
  kwh: t.maybe(t.text),
  expiresOn: t.day,
  reason: t.text,
});

/** The codes of a batch were made and shown, once. */
export const VoucherCodesMade = defineEvent('voucher_codes_made', 1, 'billing', {
  batchId: t.id,
  by: t.id,
  count: t.count,
  /** There were codes before; those are good for nothing now. */
  replaced: t.flag,
});

/** A voucher was redeemed, and its credit made. */
export const VoucherRedeemed = defineEvent('voucher_redeemed', 1, 'billing', {
  voucherId: t.id,
  batchId: t.id,
  vendId: t.id,
  redeemerId: t.id,
  meterNumber: t.text,
  /** Zero for a voucher of energy. */
  amount: t.money,
  units: t.object({ kwh: t.maybe(t.text), days: t.maybe(t.count) }),
});

/** No credit was made of a voucher, and it is as good as before. */
export const VoucherGivenBack = defineEvent('voucher_given_back', 1, 'billing', {
  voucherId: t.id,
  batchId: t.id,
  redemptionId: t.id,
  redeemerId: t.id,
  meterNumber: t.text,
  code: t.text,
  /** A sentence for the redeemer. */
  reason: t.text,
});

/** Vouchers that nobody will redeem: their value goes back to the account of grants, or to its owner's wallet. */
export const VouchersReleased = defineEvent('vouchers_released', 1, 'billing', {
  releaseId: t.id,
  batchId: t.id,
  ownerId: t.id,
  funding: t.oneOf(['grant', 'payment'] as const),
  why: t.oneOf(['expired', 'void'] as const),
  reason: t.maybe(t.text),
  count: t.count,
  amount: t.money,
});
