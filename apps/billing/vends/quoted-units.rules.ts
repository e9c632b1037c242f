/** `12.345` kWh as watt-hours. Throws for what is no quantity: a quote is ours. */
export function wattHoursOf(kwh: string): bigint {
  const [, whole, fraction = ''] = /^(\d+)(?:\.(\d{1,3}))?$/.exec(kwh) ?? [];
  if (whole === undefined) throw new Error(`${kwh} is no quantity of energy`);
  return BigInt(whole + fraction.padEnd(3, '0'));
}
