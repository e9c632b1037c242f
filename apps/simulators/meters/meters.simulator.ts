import type { FastifyInstance } from 'fastify';
import { systemClock, type Clock } from '#kernel';
import { FaultMenu } from '../faults/fault-menu.js';
import { addFaultRoutes } from '../faults/faults.routes.js';
import { readPage } from '../page.js';
import { METER_FAULTS, METER_OPERATIONS, type MeterFault } from './meter-faults.js';
import { MeterPark } from './meter-park.js';
import { addMeterRoutes } from './meters.routes.js';
import { addLogRoute, MetersLog } from './meters-log.js';

export interface MetersOptions {
  clock?: Clock;
  /** Decides whether a fault with a rate strikes; a test brings a seeded one. */
  random?: () => number;
}

/** What a test in the same process holds in its hand. */
export interface MetersSimulator {
  readonly faults: FaultMenu<MeterFault>;
  readonly log: MetersLog;
}

/** Prepaid meters under `/meters`, with their page at `/meters/page`. */
export function addMeters(
  app: FastifyInstance,
  { clock = systemClock, random }: MetersOptions = {},
): MetersSimulator {
  const log = new MetersLog();
  const park = new MeterPark(clock, log);
  const faults = new FaultMenu<MeterFault>({ dishes: METER_FAULTS, operations: METER_OPERATIONS, random });
  const closing = new AbortController();
  const page = readPage(new URL('./page/', import.meta.url), 'meters');

  app.register(
    async (meters) => {
      addFaultRoutes(meters, faults);
      addLogRoute(meters, log);
      meters.get('/page', (_request, reply) => reply.headers(page.headers).send(page.html));
      addMeterRoutes(meters, { park, log, faults, closing: closing.signal });
    },
    { prefix: '/meters' },
  );
  app.addHook('preClose', async () => closing.abort());
  return { faults, log };
}
