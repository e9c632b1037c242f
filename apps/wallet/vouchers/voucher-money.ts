import { isCurrency, Money } from '#kernel';
import { PermanentError } from '#messaging';

/** The amount that an event about vouchers names; zero for vouchers of energy, which are no money. */
export function voucherMoney({ amount, currency }: { amount: string; currency: string }): Money {
  const read = isCurrency(currency) ? Money.parse(amount, currency) : undefined;
  if (!read?.ok || read.value.minor < 0n) throw new PermanentError('vouchers of an impossible amount');
  return read.value;
}
