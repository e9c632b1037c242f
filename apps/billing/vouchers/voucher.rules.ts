import { Problem, unreachable } from '#kernel';
import type { Voucher, VoucherBatch } from './voucher.entity.js';

interface Person {
  userId: string;
  role: string;
}

/** Whoever made a batch sees it, and operators see all. */
export function maySee(batch: Pick<VoucherBatch, 'ownerId'>, person: Person): boolean {
  return person.role === 'operator' || batch.ownerId === person.userId;
}

export function isExpired({ expiresOn }: Pick<VoucherBatch, 'expiresOn'>, today: string): boolean {
  return expiresOn < today;
}

/** Why a voucher cannot be redeemed, or undefined. `today` is the day in the deployment's time zone. */
export function whyNotRedeemable(
  { state }: Pick<Voucher, 'state'>,
  batch: Pick<VoucherBatch, 'expiresOn'>,
  today: string,
): Problem | undefined {
  switch (state) {
    case 'unused':
      return isExpired(batch, today) ? new Problem('voucher_expired') : undefined;
    case 'redeeming':
      return new Problem('voucher_used', 'it is being redeemed');
    case 'redeemed':
      return new Problem('voucher_used');
    case 'expired':
      return new Problem('voucher_expired');
    case 'void':
      return new Problem('voucher_void');
    default:
      return unreachable(state);
  }
}
