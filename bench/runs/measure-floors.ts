import { brokerFloor } from '../floors/broker-floor.js';
import type { Floors } from '../floors/composed-floor.js';
import { databaseFloor } from '../floors/database-floor.js';
import { httpFloor } from '../floors/http-floor.js';
import type { BenchWorld } from '../world/bench-world.js';

const TOGETHER = 100;

/** Each part alone, one after the other. */
export async function measureFloors(
  world: BenchWorld,
  databaseUrl: string,
  seconds: number,
): Promise<Floors> {
  const together = await databaseFloor(databaseUrl, TOGETHER, seconds);
  const alone = await databaseFloor(databaseUrl, 1, seconds);
  return {
    database: together.perSecond,
    databaseAlone: alone.perSecond,
    broker: await brokerFloor(world.broker.url, seconds),
    http: await httpFloor(seconds),
  };
}
