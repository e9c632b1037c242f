import type { Difference } from '../bills/bill.entity.js';
import type { Price, PriceLine } from '../tariffs/price.rules.js';

/** What was bought, or is about to be, at which version of which tariff. */
export interface Purchase extends Price {
  tariffVersion: string;
}

/** Why the same money buys less than at the payer's last purchase for this meter; none when it does not. */
export function reasonsForFewer(previous: Purchase, now: Purchase): Difference['reasons'] {
  // Units for the money, compared without dividing. A step more or less needs no words, and finds none.
  if (now.wattHours * previous.amount >= previous.wattHours * now.amount) return [];
  const newPrices = now.tariffVersion !== previous.tariffVersion;
  return [
    ...(newPrices ? [{ code: 'new_tariff', text: 'the tariff has changed' }] : []),
    ...(!newPrices && isDearer(previous, now)
      ? [{ code: 'higher_block', text: 'more was bought this month, so more of it is in a dearer block' }]
      : []),
    ...(takesMore('fixed', previous, now)
      ? [{ code: 'fixed_charge', text: 'the fixed charge of the month is in it' }]
      : []),
    ...(takesMore('arrears', previous, now)
      ? [{ code: 'arrears', text: 'old debt is paid off with it' }]
      : []),
  ];
}

export function textOf(reasons: Difference['reasons']): string {
  return `Fewer units for the money than last time: ${reasons.map(({ text }) => text).join('; ')}.`;
}

/** A kilowatt-hour costs more, before charges: by more than the rounding of one minor unit a line explains. */
function isDearer(previous: Purchase, now: Purchase): boolean {
  const exact = ({ lines }: Purchase) => sumOf(lines, (it) => (it.wattHours ?? 0n) * (it.perMwh ?? 0n));
  return exact(now) * previous.wattHours > exact(previous) * now.wattHours;
}

/** A larger part of the purchase goes there than the last time. */
function takesMore(kind: PriceLine['kind'], previous: Purchase, now: Purchase): boolean {
  const taken = ({ lines }: Purchase) => sumOf(lines, (it) => (it.kind === kind ? it.amount : 0n));
  return taken(now) * previous.amount > taken(previous) * now.amount;
}

function sumOf(lines: PriceLine[], value: (line: PriceLine) => bigint): bigint {
  return lines.reduce((sum, line) => sum + value(line), 0n);
}
