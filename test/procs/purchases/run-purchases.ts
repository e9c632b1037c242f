import { setTimeout as sleep } from 'node:timers/promises';
import { checkInvariants, untilSettled } from '#invariants';
import { ISSUER_FAULTS, type IssuerFault } from '#simulators';
import { Dice } from '../dice.js';
import { FaultWorld, type FaultWorldOptions } from '../fault-world.js';
import { ask, forbiddenMoves } from '../witness.js';
import { compare } from './compare.js';
import { killMeanwhile } from './kills.js';
import { Office } from './office.js';
import { Shoppers } from './shoppers.js';

export interface PurchaseRunOptions {
  seed: number;
  /** How many purchases. */
  count: number;
  shoppers?: number;
  /** Between two purchases of one customer, on average. */
  thinkMillis?: number;
  /** How likely each of the issuers' faults is to strike a vend. */
  faultRate?: number;
  /** Between two kills, on average. */
  workMillis?: number;
  /** Nothing more is bought; what was bought is looked at as ever. */
  signal?: AbortSignal;
  world?: FaultWorldOptions;
  log?: (line: string) => void;
}

export interface PurchaseRunResult {
  seed: number;
  purchases: number;
  /** How the purchases stood before operators settled what was in doubt. */
  paid: number;
  failed: number;
  inDoubt: number;
  /** What operators said in the end. */
  settledAsMade: number;
  settledAsNotMade: number;
  /** By the issuers' own log. */
  vendsMade: number;
  kills: number;
  /** How often each fault of the issuers struck. */
  struck: Record<string, number>;
  /** Everything that must not be. */
  violations: string[];
  millis: number;
}

interface State {
  id: string;
  status: string;
  doubt: Date | null;
}

const ISSUERS = ['prism', 'stron', 'calin'] as const;
const FAULT_RATE = 0.03;
const WORK_MILLIS = 1_500;
const SLOW_MILLIS = 300;
/** Longer than billing waits. */
const LATE_MILLIS = 4_000;
const REST_MILLIS = 90_000;

/**
 * Purchases at issuers that fail in every way, while billing and payment are killed: each ends in one token or no
 * charge, or is in doubt with a deadline until operators have settled it; the issuers' own log has no vend twice.
 */
export async function playPurchases(options: PurchaseRunOptions): Promise<PurchaseRunResult> {
  const { seed, count, shoppers: people = 12, thinkMillis = 100, log } = options;
  const started = performance.now();
  const faultDice = new Dice(seed + 7);
  const world = await FaultWorld.start({ ...options.world, random: () => faultDice.next() });
  const shoppers = new Shoppers(world.url, seed, thinkMillis);
  try {
    const office = await Office.open(world, shoppers.client);
    const meters = await office.registerMeters(count, ISSUERS);
    await shoppers.register(people);
    log?.(`seed ${seed}: ${count} purchases by ${people} people`);
    // Before anything goes wrong each issuer makes one vend: it is the answer that `duplicate` gives again.
    await shoppers.buyFor(meters.slice(0, ISSUERS.length));
    await untilPaid(world, ISSUERS.length);
    const stopFaults = orderFaults(world, options.faultRate ?? FAULT_RATE);
    const buying = shoppers.buyFor(meters.slice(ISSUERS.length), options.signal);
    const kills = await killMeanwhile(world, new Dice(seed), {
      work: buying,
      workMillis: options.workMillis ?? WORK_MILLIS,
      done: () => shoppers.purchases.length,
      log,
    });
    const struck = stopFaults();
    await world.fleet.untilReady();
    log?.(`bought, with ${kills} kills; the rest is waited for`);
    const violations = await untilEndedOrInDoubt(world);
    const before = await states(world);
    const doubts = before.filter(({ doubt, status }) => doubt && status === 'PROCESSING').map(({ id }) => id);
    const shown = await office.inDoubt();
    violations.push(
      ...doubts.filter((id) => !shown.get(id)).map((id) => `${id} is in doubt, without a deadline`),
    );
    const { vends } = world.simulators.issuers.book;
    const made = new Map([...vends.newestFirst()].map((vend) => [vend.requestId, vend]));
    log?.(`${doubts.length} in doubt are settled`);
    await office.settle(doubts, (id) => made.get(id));
    violations.push(...(await lookAtTheEnd(world)), ...(await compare(world, shoppers)));
    const settledAsMade = doubts.filter((id) => made.has(id)).length;
    return {
      seed,
      purchases: shoppers.purchases.length,
      paid: before.filter(({ status }) => status === 'PAID').length,
      failed: before.filter(({ status }) => status === 'FAILED').length,
      inDoubt: doubts.length,
      settledAsMade,
      settledAsNotMade: doubts.length - settledAsMade,
      vendsMade: vends.total,
      kills,
      struck,
      violations: [...violations, ...shoppers.surprises],
      millis: Math.round(performance.now() - started),
    };
  } finally {
    await shoppers.client.close();
    await world.close();
  }
}

/** Each fault strikes at its rate; returns what ends them, and says how often each has struck. */
function orderFaults({ simulators }: FaultWorld, rate: number): () => Record<string, number> {
  const { faults } = simulators.issuers;
  const latency: Partial<Record<IssuerFault, number>> = { slow: SLOW_MILLIS, late: LATE_MILLIS };
  for (const fault of Object.keys(ISSUER_FAULTS) as IssuerFault[])
    faults.order({ fault, rate, latencyMs: latency[fault] });
  return () => {
    const struck = Object.fromEntries(faults.list().map((it) => [it.fault, it.struck]));
    faults.clear();
    return struck;
  };
}

function states({ databaseUrl }: FaultWorld): Promise<State[]> {
  return ask<State>(
    databaseUrl,
    `SELECT id, status, in_doubt_since AS doubt FROM payment.payments WHERE purpose = 'electricity'`,
  );
}

async function untilPaid(world: FaultWorld, count: number): Promise<void> {
  const deadline = performance.now() + REST_MILLIS;
  while ((await states(world)).filter(({ status }) => status === 'PAID').length < count) {
    if (performance.now() > deadline) throw new Error('nothing is sold, though nothing is wrong');
    await sleep(50);
  }
}

/** What is left then is neither paid for nor given back, and nobody is told of it. */
async function untilEndedOrInDoubt(world: FaultWorld): Promise<string[]> {
  const deadline = performance.now() + REST_MILLIS;
  for (;;) {
    const open = (await states(world)).filter(
      ({ status, doubt }) => status === 'PENDING' || (status === 'PROCESSING' && !doubt),
    );
    if (open.length === 0) return [];
    if (performance.now() > deadline)
      return open.map(({ id, status }) => `${id} is ${status}, and not in doubt`);
    await sleep(100);
  }
}

/** Everything has come to rest, and holds. */
async function lookAtTheEnd({ databaseUrl, simulatorUrl }: FaultWorld): Promise<string[]> {
  // What the issuer says of a settled vend is asked for in minutes; here at once.
  await ask(databaseUrl, `UPDATE billing.effects SET next_at = now() WHERE state = 'unknown'`);
  const violations: string[] = [];
  await untilSettled(databaseUrl, REST_MILLIS).catch((error: Error) => violations.push(error.message));
  const { results } = await checkInvariants({ databaseUrl, simulatorUrl, settled: true });
  for (const { id, violations: found } of results) violations.push(...found.map((it) => `${id}: ${it}`));
  return [...violations, ...(await forbiddenMoves(databaseUrl))];
}
