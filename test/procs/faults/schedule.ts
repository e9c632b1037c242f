import type { Dice } from '../dice.js';
import type { Fault, FaultGroup } from './fault.js';
import { halfOpen, herd, network, requests, sms } from './network.js';
import { clock, crashes, freeze, kill } from './processes.js';
import {
  backends,
  brokerAlarm,
  brokerKill,
  brokerStop,
  databaseStop,
  diskFull,
  locks,
  republish,
} from './servers.js';

interface Kind {
  /** How often the schedule takes it, against the others. */
  weight: number;
  group: (dice: Dice) => Omit<FaultGroup, 'class'>;
}

const several =
  (make: (dice: Dice) => Fault, least: number, most: number, together = false) =>
  (dice: Dice) => ({ together, faults: Array.from({ length: dice.between(least, most) }, () => make(dice)) });

export const KINDS: Readonly<Record<string, Kind>> = {
  kill: { weight: 3, group: several(kill, 10, 16) },
  crash: { weight: 5, group: (dice) => ({ together: true, faults: crashes(dice, 5) }) },
  'broker-kill': { weight: 1, group: several(brokerKill, 1, 1) },
  'broker-stop': { weight: 1, group: several(brokerStop, 1, 1) },
  'broker-alarm': { weight: 1, group: several(brokerAlarm, 1, 1) },
  'database-stop': { weight: 1, group: several(databaseStop, 1, 2) },
  backends: { weight: 2, group: several(backends, 8, 14) },
  freeze: { weight: 1, group: several(freeze, 2, 3, true) },
  network: { weight: 2, group: several(network, 6, 10) },
  requests: { weight: 2, group: several(requests, 8, 12) },
  'half-open': { weight: 1, group: several(halfOpen, 1, 1) },
  sms: { weight: 1, group: several(sms, 8, 12) },
  clock: { weight: 1, group: several(clock, 3, 5) },
  locks: { weight: 1, group: several(locks, 3, 5) },
  republish: { weight: 1, group: several(republish, 4, 6) },
  herd: { weight: 1, group: several(herd, 2, 3) },
  'disk-full': { weight: 1, group: several(diskFull, 1, 1) },
};

/** Many of them in a few seconds. */
const QUICK = ['kill', 'crash', 'backends', 'network', 'requests', 'sms', 'republish'];
/** Its data has to lie on a disk of its own, and only root on Linux can make one. */
export const DISKS_CAN_BE_MADE = process.platform === 'linux' && process.getuid?.() === 0;

/** Which group comes next. All kinds come once before any comes again; then, in a hurry, only the quick ones do. */
export function* schedule(dice: Dice, classes: readonly string[], hurry = false): Generator<FaultGroup> {
  const unknown = classes.filter((name) => !Object.hasOwn(KINDS, name));
  if (unknown.length > 0) throw new Error(`no such faults: ${unknown.join(', ')}; there are ${Object.keys(KINDS).join(', ')}`); // prettier-ignore
  const all = Object.keys(KINDS).filter((name) => name !== 'disk-full' || DISKS_CAN_BE_MADE);
  const names = classes.length > 0 ? classes : all;
  const draw = (name: string): FaultGroup => ({ class: name, ...KINDS[name]!.group(dice) });
  for (const name of dice.some(names, names.length)) yield draw(name);
  const again = hurry ? names.filter((name) => QUICK.includes(name)) : names;
  const tickets = again.flatMap((name) => Array<string>(KINDS[name]!.weight).fill(name));
  for (;;) yield draw(dice.pick(tickets));
}
