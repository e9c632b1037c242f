import type { Clock } from '#kernel';
import {
  buildDecoderKey,
  checkDrn,
  DEMO_PAYGO,
  DEMO_STS,
  DeviceKey,
  made,
  type MeterKey,
  type Outcome,
  refused,
} from '#tokens';
import type { Entry, MeterBody } from './meter-body.js';
import { MeterClock } from './meter-clock.js';
import type { MeterOrder, PaygoKeysOrder, StsKeysOrder } from './meter-orders.js';
import type { MetersLog } from './meters-log.js';
import { PaygoBody } from './paygo-body.js';
import { SimulatedMeter } from './simulated-meter.js';
import { StsBody } from './sts-body.js';

/** Memory is bounded; a demo has a handful. */
const METERS_MAX = 1000;

export const REFUSALS = {
  no_such_number: { status: 400, title: 'A meter’s number has 11 or 13 digits' },
  wrong_check_digit: { status: 400, title: 'The check digit of the meter number is wrong' },
  wrong_keys: { status: 400, title: 'No meter can have these keys' },
  exists: { status: 409, title: 'There is such a meter already' },
  full: { status: 409, title: `There are ${METERS_MAX} meters already` },
} as const;
export type MeterRefusal = keyof typeof REFUSALS;

/** All the meters of the simulated world. One with the demo's keys is there as soon as somebody asks for it. */
export class MeterPark {
  private readonly meters = new Map<string, SimulatedMeter>();

  constructor(
    private readonly clock: Clock,
    private readonly log: MetersLog,
  ) {}

  all(): SimulatedMeter[] {
    return [...this.meters.values()];
  }

  /** A number that nobody has yet is a meter of the demo. */
  find(number: string): Outcome<SimulatedMeter, MeterRefusal> {
    const known = this.meters.get(number);
    return known ? made(known) : this.install(number === DEMO_PAYGO.number ? demoDevice() : { number });
  }

  install(order: MeterOrder): Outcome<SimulatedMeter, MeterRefusal> {
    const { number } = order;
    if (this.meters.has(number)) return refused('exists');
    if (this.meters.size >= METERS_MAX) return refused('full');
    const clock = new MeterClock(this.clock);
    const body = order.kind === 'openpaygo' ? paygoBody(order.keys, clock.now()) : stsBody(order);
    if (!body.ok) return body;
    const meter = new SimulatedMeter(number, body.value, clock, (closed, at) => {
      const relay = closed ? 'closed' : 'open';
      const meterAt = new Date(at).toISOString();
      this.log.events.push({ ...this.about(number), event: 'relay', relay, meterAt });
    });
    this.meters.set(number, meter);
    const { kind = 'sts' } = order;
    this.log.events.push({ ...this.about(number), event: 'installed', kind });
    return made(meter);
  }

  /** A real meter cannot tell another's token from a mistyped one. Here the others are at hand, so it says more. */
  enter(meter: SimulatedMeter, text: string): Entry {
    const token = text.replace(/[ -]/g, '');
    const entry = meter.enter(token);
    if (entry.answer !== 'crc_error') return entry;
    const isOthers = this.all().some((other) => other !== meter && other.body.reads(token));
    return isOthers ? { answer: 'wrong_meter' } : entry;
  }

  about(meterNumber: string): { at: number; meterNumber: string } {
    return { at: this.clock.now().getTime(), meterNumber };
  }
}

function demoDevice(): MeterOrder {
  const { number, keyHex, startingCode, timeDivider } = DEMO_PAYGO;
  return { number, kind: 'openpaygo', keys: { keyHex, startingCode, timeDivider } };
}

function stsBody(order: MeterOrder & { kind?: 'sts' }): Outcome<MeterBody, MeterRefusal> {
  const { number, keys = {}, nextKeys } = order;
  const drn = checkDrn(number);
  if (!drn.ok) return refused(drn.reason === 'CheckDigit' ? 'wrong_check_digit' : 'no_such_number');
  const key = stsKey(number, keys);
  const next = nextKeys && stsKey(number, nextKeys);
  if (!key.ok) return key;
  if (next && !next.ok) return next;
  return made(new StsBody(number, key.value, next?.value.key));
}

function stsKey(drn: string, order: StsKeysOrder): Outcome<MeterKey, 'wrong_keys'> {
  const facts = { ...DEMO_STS, ...order, drn };
  const { krn, kt, sgc, ti, ken, baseDate } = facts;
  const key = buildDecoderKey(facts);
  return key.ok ? made({ key: key.value, krn, kt, sgc, ti, ken, baseDate }) : refused('wrong_keys');
}

function paygoBody(order: PaygoKeysOrder, at: number): Outcome<MeterBody, MeterRefusal> {
  const { keyHex, startingCode, restrictedDigitSet = false, ...start } = order;
  const key = DeviceKey.ofHex(keyHex);
  if (!key.ok) return refused('wrong_keys');
  return made(new PaygoBody({ key: key.value, startingCode, restrictedDigitSet }, at, start));
}
