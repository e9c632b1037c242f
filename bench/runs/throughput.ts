import { closedLoop, type Measured } from '../load/closed-loop.js';
import { composedFloor, type Floors } from '../floors/composed-floor.js';
import { PayBills } from '../scenarios/pay-bills.js';
import type { BenchWorld, Round } from '../world/bench-world.js';
import { isSteady } from '../report/statistics.js';
import { checkedRound } from './checked-round.js';
import { measureFloors } from './measure-floors.js';
import type { BenchOptions } from './options.js';

/** One rotation of S2: floor, ours, ours without batches, floor. */
export interface ThroughputRound {
  floorsBefore: Floors;
  floorsAfter: Floors;
  /** Payments a second. */
  ours: number;
  batchSizeOne?: number;
  oneHotPayer?: number;
  payments: number;
  /** False: the floors differ by too much, and nothing of the round counts. */
  steady: boolean;
}

const BILLS_PER_SECOND = 2_500;
const ONE_BY_ONE = { seconds: 10, inFlight: 32 };

export type Say = (text: string) => void;

export async function throughputRound(
  world: BenchWorld,
  floorDatabase: string,
  options: BenchOptions,
  say: Say,
): Promise<ThroughputRound> {
  const { floorSeconds, scenarios, quick } = options;
  const floorsBefore = await measureFloors(world, floorDatabase, floorSeconds);
  say(`floors: ${describe(floorsBefore)}`);
  const ours = await saturated(world, { bus: options.bus, batchSize: 200 }, options);
  say(`S2: ${ours.perSecond.toFixed(0)}/s (${ours.payments} payments, invariants hold)`);
  const alone = quick
    ? undefined
    : await saturated(world, { bus: options.bus, batchSize: 1 }, { ...options, ...ONE_BY_ONE });
  if (alone) say(`S2 with batch size 1: ${alone.perSecond.toFixed(0)}/s`);
  const hot = scenarios.includes('S3')
    ? await saturated(world, { bus: options.bus, batchSize: 200 }, options, 1)
    : undefined;
  if (hot) say(`S3, one payer: ${hot.perSecond.toFixed(0)}/s`);
  const floorsAfter = await measureFloors(world, floorDatabase, floorSeconds);
  say(`floors: ${describe(floorsAfter)}`);
  return {
    ...{ floorsBefore, floorsAfter },
    ours: ours.perSecond,
    batchSizeOne: alone?.perSecond,
    oneHotPayer: hot?.perSecond,
    payments: ours.payments + (alone?.payments ?? 0) + (hot?.payments ?? 0),
    steady: isSteady(composedFloor(floorsBefore), composedFloor(floorsAfter)),
  };
}

/** S2 as fast as it goes. */
export function saturated(
  world: BenchWorld,
  round: Round,
  options: BenchOptions,
  payers?: number,
): Promise<Measured> {
  const { seconds, warmSeconds, inFlight } = options;
  const perSecond = round.batchSize === 1 ? BILLS_PER_SECOND / 8 : BILLS_PER_SECOND;
  const bills = Math.ceil((seconds + warmSeconds) * perSecond);
  return checkedRound(
    world,
    round,
    (running) => new PayBills(running, payers),
    bills,
    async (scenario) => {
      await closedLoop(scenario, warmSeconds, inFlight);
      return closedLoop(scenario, seconds, inFlight);
    },
  );
}

function describe(floors: Floors): string {
  const { database, databaseAlone, broker, http } = floors;
  return (
    `database ${database.toFixed(0)} (one by one ${databaseAlone.toFixed(0)}) payments/s, broker ${broker.toFixed(0)} ` +
    `messages/s, HTTP ${http.toFixed(0)}/s; composed ${composedFloor(floors).toFixed(0)} payments/s`
  );
}
