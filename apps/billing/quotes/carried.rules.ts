import { carriedUnits } from '#tokens';

/** An STS token says tenths of a kilowatt-hour up to 1,638.3; beyond, in steps of 1, 10 and 100 kilowatt-hours. */
const TENTH = 100n;

/**
 * The watt-hours that a token for so many really carries, rounded up as tokens are, so that quote, receipt and meter
 * say the same. More than any token carries stays as it is: it is refused when the token is made.
 */
export function carriedByToken(wattHours: bigint): bigint {
  const carried = carriedUnits((wattHours + TENTH - 1n) / TENTH);
  return carried.ok ? carried.value * TENTH : wattHours;
}
