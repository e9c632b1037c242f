import { checkInvariants, untilSettled } from '#invariants';
import type { SystemUnderTest } from './system.js';

/** Waits until nothing is under way, and fails with whatever invariant does not hold. */
export async function expectInvariants({ database, simulatorUrl }: SystemUnderTest): Promise<void> {
  await untilSettled(database.url);
  const { results } = await checkInvariants({ databaseUrl: database.url, simulatorUrl, settled: true });
  expect(results.filter((it) => !it.holds)).toEqual([]);
}
