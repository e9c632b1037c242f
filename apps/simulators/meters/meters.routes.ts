import { setTimeout as wait } from 'node:timers/promises';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Fault, FaultMenu } from '../faults/fault-menu.js';
import { field, wholeNumber, type Fields } from '../server.js';
import { KEY_FAULTS, type MeterFault, READING_FAULTS } from './meter-faults.js';
import { BODIES, type ClockOrder, type MeterOrder } from './meter-orders.js';
import { type MeterPark, type MeterRefusal, REFUSALS } from './meter-park.js';
import { answerOf, messageOf, readingView, viewOf } from './meter-view.js';
import { maskToken, type MetersLog } from './meters-log.js';
import type { HourReading, SimulatedMeter } from './simulated-meter.js';

export interface MeterParts {
  park: MeterPark;
  log: MetersLog;
  faults: FaultMenu<MeterFault>;
  /** Ends the waits of slow answers. */
  closing: AbortSignal;
}

interface OfMeter {
  Params: { number: string };
  Querystring: Fields;
}

type Struck = Fault<MeterFault> | undefined;

const SLOW_MS = 5_000;
const READINGS = 1_000;
const READINGS_MAX = 2_000;

export function addMeterRoutes(app: FastifyInstance, parts: MeterParts): void {
  const { park, log, faults } = parts;

  app.setErrorHandler((error: Error & { statusCode?: number }, _request, reply) => {
    const { statusCode: status = 500, message: detail } = error;
    return reply.code(status).send({ status, title: 'Not understood', detail });
  });

  app.get('/', () => ({ items: park.all().map(viewOf) }));

  app.post<{ Body: MeterOrder }>('/', { schema: { body: BODIES.meter } }, ({ body }, reply) => {
    const meter = park.install(body);
    return meter.ok ? reply.code(201).send(viewOf(meter.value)) : refuse(reply, meter.reason);
  });

  app.get<OfMeter>('/:number', ({ params }, reply) => {
    const meter = park.find(params.number);
    return meter.ok ? viewOf(meter.value) : refuse(reply, meter.reason);
  });

  app.post<OfMeter & { Body: { token: string } }>(
    '/:number/keys',
    { schema: { body: BODIES.token } },
    (request, reply) => key(parts, request, reply),
  );

  app.post<OfMeter & { Body: ClockOrder }>(
    '/:number/clock',
    { schema: { body: BODIES.clock } },
    ({ params, body }, reply) => {
      const meter = park.find(params.number);
      if (!meter.ok) return refuse(reply, meter.reason);
      const { clock } = meter.value;
      if (body.speed !== undefined) clock.setSpeed(body.speed);
      if (body.advanceHours !== undefined) clock.advanceHours(body.advanceHours);
      const advancedHours = body.advanceHours ?? 0;
      log.events.push({ ...park.about(params.number), event: 'clock', speed: clock.speed, advancedHours });
      return viewOf(meter.value);
    },
  );

  app.get<OfMeter>('/:number/readings', (request, reply) => readings(parts, request, reply));

  app.post<OfMeter>('/:number/faults', ({ params, body }, reply) => {
    const meter = park.find(params.number);
    if (!meter.ok) return refuse(reply, meter.reason);
    try {
      const order = typeof body === 'object' && body !== null ? { ...body, to: params.number } : body;
      return reply.code(201).send(faults.order(order));
    } catch (error) {
      return reply.code(400).send({ status: 400, title: 'No such fault', detail: (error as Error).message });
    }
  });
}

async function key(
  parts: MeterParts,
  { params, body }: FastifyRequest<OfMeter & { Body: { token: string } }>,
  reply: FastifyReply,
): Promise<unknown> {
  const { park, log, faults } = parts;
  const found = park.find(params.number);
  if (!found.ok) return refuse(reply, found.reason);
  const meter = found.value;
  const struck = faults.strike(KEY_FAULTS, 'key', meter.number);
  if (await isLost(parts, meter, 'key', struck, reply)) return reply;

  if (struck?.fault === 'power-cut') meter.body.powerCut();
  if (struck?.fault === 'tampered') meter.body.tamper();
  const token = struck?.fault === 'mistyped' ? mistyped(body.token) : body.token;
  const entry = park.enter(meter, token);
  meter.show(messageOf(entry));
  const answer = answerOf(meter, entry);
  const { kwh } = answer as { kwh: string | null };
  log.events.push({
    ...park.about(meter.number),
    event: 'keyed',
    token: maskToken(token),
    answer: entry.answer,
    ...(kwh === null ? {} : { kwh }),
    ...(struck ? { fault: struck.fault } : {}),
  });
  return struck?.fault === 'accept-then-drop' ? drop(reply) : answer;
}

/** The readings of whole hours, oldest first: those that end after `from`, as far as the meter remembers. */
async function readings(
  parts: MeterParts,
  { params, query }: FastifyRequest<OfMeter>,
  reply: FastifyReply,
): Promise<unknown> {
  const found = parts.park.find(params.number);
  if (!found.ok) return refuse(reply, found.reason);
  const meter = found.value;
  const from = Date.parse(field(query, 'from') ?? '1970-01-01T00:00:00Z');
  if (Number.isNaN(from)) {
    const title = 'Not understood';
    return reply
      .code(400)
      .send({ status: 400, title, detail: 'from must be a time such as 2026-11-28T06:00:00Z' });
  }
  const struck = parts.faults.strike(READING_FAULTS, 'readings', meter.number);
  if (await isLost(parts, meter, 'readings', struck, reply)) return reply;
  if (struck?.fault === 'accept-then-drop') return drop(reply);

  const limit = wholeNumber(query, 'limit', READINGS, READINGS_MAX);
  meter.catchUp();
  const kept = meter.readings.since(0, meter.readings.capacity).map(({ entry }) => entry);
  const wanted = kept.filter(({ at }) => at > from);
  const page = wanted.slice(0, limit);
  const items = spoilt(page, struck).map(readingView);
  return { meterNumber: meter.number, items, more: wanted.length > page.length };
}

function spoilt(page: HourReading[], struck: Struck): HourReading[] {
  if (struck?.fault === 'readings-missing') return page.filter((_, i) => i % 3 !== 2);
  if (struck?.fault === 'readings-twice') return page.flatMap((reading) => [reading, reading]);
  return page;
}

/** The faults of the line on which nothing reaches the meter; a slow one only takes its time. */
async function isLost(
  { log, park, closing }: MeterParts,
  meter: SimulatedMeter,
  operation: string,
  struck: Struck,
  reply: FastifyReply,
): Promise<boolean> {
  if (!struck) return false;
  log.events.push({ ...park.about(meter.number), event: 'fault', fault: struck.fault, operation });
  const latency = struck.latencyMs ?? (struck.fault === 'slow' ? SLOW_MS : 0);
  if (latency > 0) await wait(latency, undefined, { signal: closing }).catch(() => undefined);
  if (struck.fault === '5xx') {
    const status = struck.status ?? 503;
    void reply.code(status).send({ status, title: 'The meter cannot be reached' });
    return true;
  }
  if (struck.fault !== 'drop-before-accept') return false;
  drop(reply);
  return true;
}

function drop(reply: FastifyReply): FastifyReply {
  reply.hijack();
  reply.raw.socket?.destroy();
  return reply;
}

function refuse(reply: FastifyReply, reason: MeterRefusal): FastifyReply {
  return reply.code(REFUSALS[reason].status).send({ ...REFUSALS[reason], code: reason });
}

/** The key beside the right one. */
function mistyped(token: string): string {
  return token.replace(/\d$/, (digit) => String((Number(digit) + 1) % 10));
}
