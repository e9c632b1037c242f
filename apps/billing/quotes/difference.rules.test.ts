import type { PriceLine } from '../tariffs/price.rules.js';
import { type Purchase, reasonsForFewer } from './difference.rules.js';

const cheap: PriceLine = {
  kind: 'energy',
  label: 'Energy',
  amount: 1_000n,
  wattHours: 10_000n,
  perMwh: 100_000n,
};
const dear: PriceLine = {
  kind: 'energy',
  label: 'Energy',
  amount: 1_000n,
  wattHours: 5_000n,
  perMwh: 200_000n,
};

function purchase(lines: PriceLine[], tariffVersion = 'a@2026-01-01'): Purchase {
  return {
    amount: lines.reduce((sum, it) => sum + it.amount, 0n),
    wattHours: lines.reduce((sum, it) => sum + (it.wattHours ?? 0n), 0n),
    lines,
    tariffVersion,
  };
}
const line = (kind: 'fixed' | 'arrears'): PriceLine => ({ kind, label: kind, amount: 300n });

test.each<[string, Purchase, Purchase, string[]]>([
  ['the same', purchase([cheap]), purchase([cheap]), []],
  ['more for the money', purchase([dear]), purchase([cheap]), []],
  ['twice the same for twice the money', purchase([cheap]), purchase([cheap, cheap]), []],
  ['a dearer block', purchase([cheap]), purchase([dear]), ['higher_block']],
  ['more of the dearer block', purchase([cheap, dear]), purchase([dear]), ['higher_block']],
  ['the fixed charge', purchase([cheap]), purchase([line('fixed'), cheap]), ['fixed_charge']],
  ['old debt', purchase([cheap]), purchase([line('arrears'), cheap]), ['arrears']],
  ['new prices', purchase([cheap]), purchase([dear], 'a@2026-02-01'), ['new_tariff']],
  [
    'all of it',
    purchase([cheap]),
    purchase([line('fixed'), line('arrears'), dear]),
    ['higher_block', 'fixed_charge', 'arrears'],
  ],
])('why fewer units: %s', (_, previous, now, codes) => {
  expect(reasonsForFewer(previous, now).map(({ code }) => code)).toEqual(codes);
});
