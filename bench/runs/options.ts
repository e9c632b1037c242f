import { parseArgs } from 'node:util';

export const SCENARIOS = ['S1', 'S2', 'S3', 'S4', 'S5', 'S6'] as const;
export type ScenarioName = (typeof SCENARIOS)[number];

/**
 * Node compiles what runs often, and does so beside it. In the first ten seconds that takes a quarter of the services'
 * time on two cores, after twenty a thirtieth (docs/performance.md).
 */
const WARM_SECONDS = 20;
/** A first answer in three minutes: too short a warm-up, and it shows. */
const QUICK_SECONDS = 8;

export interface BenchOptions {
  scenarios: ScenarioName[];
  rounds: number;
  /** Of one measurement. */
  seconds: number;
  warmSeconds: number;
  floorSeconds: number;
  soakMinutes: number;
  /** Payments under way at any time, in the closed loop. */
  inFlight: number;
  bus: 'rabbitmq' | 'embedded';
  /** A first answer: S2 and its floors, once. */
  quick: boolean;
  /** Profiles of the processes instead of figures. */
  profile: boolean;
}

/** Throws a sentence that says what is wrong. */
export function readOptions(args: string[]): BenchOptions {
  const { values } = parseArgs({
    args,
    options: {
      quick: { type: 'boolean', default: false },
      profile: { type: 'boolean', default: false },
      scenario: { type: 'string', default: '' },
      rounds: { type: 'string' },
      seconds: { type: 'string' },
      minutes: { type: 'string', default: '10' },
      'in-flight': { type: 'string', default: '1500' },
      bus: { type: 'string', default: 'rabbitmq' },
    },
  });
  const { quick, profile, bus } = values;
  const once = quick || profile;
  const chosen = values.scenario.toUpperCase().split(',').filter(Boolean);
  const unknown = chosen.filter((name) => !SCENARIOS.some((it) => it === name));
  if (unknown.length > 0)
    throw new Error(`no such scenario: ${unknown.join(', ')}; there are ${SCENARIOS.join(', ')}`);
  if (bus !== 'rabbitmq' && bus !== 'embedded') throw new Error('--bus is rabbitmq or embedded');
  const scenarios = SCENARIOS.filter((name) =>
    chosen.length > 0 ? chosen.includes(name) : once ? name === 'S2' : bus === 'rabbitmq' || name !== 'S4',
  );
  if (bus === 'embedded' && chosen.includes('S4')) throw new Error('S4 needs --bus rabbitmq: its faults are the simulators of six processes'); // prettier-ignore
  const seconds = positive('seconds', values.seconds ?? (once ? String(QUICK_SECONDS) : '20'));
  return {
    scenarios,
    rounds: positive('rounds', values.rounds ?? (once ? '1' : '5')),
    seconds,
    warmSeconds: quick ? QUICK_SECONDS : WARM_SECONDS,
    floorSeconds: once ? 2 : Math.min(5, seconds),
    soakMinutes: positive('minutes', values.minutes),
    inFlight: positive('in-flight', values['in-flight']),
    ...{ bus, quick, profile },
  };
}

function positive(name: string, text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1) throw new Error(`--${name} is a whole number above 0`);
  return value;
}
