import type { Quantity } from '#contracts';

/** What a vend has to make for what was quoted: energy, or days of a device that is paid by time. */
export function promisedBy({ kwh, days }: Quantity): { wattHours: bigint; days: number | null } {
  return { wattHours: kwh === undefined ? 0n : wattHoursOf(kwh), days: days ?? null };
}

/** `12.345` kWh as watt-hours. Throws for what is no quantity: a quote is ours. */
function wattHoursOf(kwh: string): bigint {
  const [, whole, fraction = ''] = /^(\d+)(?:\.(\d{1,3}))?$/.exec(kwh) ?? [];
  if (whole === undefined) throw new Error(`${kwh} is no quantity of energy`);
  return BigInt(whole + fraction.padEnd(3, '0'));
}
