import { setTimeout as sleep } from 'node:timers/promises';
import { checkInvariants, untilSettled } from '#invariants';
import { Dice } from './dice.js';
import { FaultWorld, type FaultWorldOptions } from './fault-world.js';
import type { FaultGroup } from './faults/fault.js';
import { DISKS_CAN_BE_MADE, schedule } from './faults/schedule.js';
import { Load } from './load.js';
import { ask, forbiddenMoves } from './witness.js';

export interface FaultRunOptions {
  seed: number;
  /** The run ends after the group with which this many faults have struck. */
  count: number;
  /** Only these; all of them unless told. */
  classes?: string[];
  customers?: number;
  /** Between two actions of one customer, on average. */
  thinkMillis?: number;
  /** Longest time from the last fault of a group until nothing is under way. */
  settleMillis?: number;
  /** After one group of each kind, only those with many faults in a few seconds. */
  hurry?: boolean;
  /** Ends the run after the group that is under way. */
  signal?: AbortSignal;
  /** Measure the rate before and 10 s after the first groups of each class (I10), which takes 18 s each time. */
  rates?: boolean;
  world?: FaultWorldOptions;
  log?: (line: string) => void;
  /** Called once everything runs, before the first fault. */
  prepare?: (world: FaultWorld) => Promise<void>;
}

export interface GroupResult {
  class: string;
  says: string[];
  faults: number;
  /** When its last fault was over, by the clock of the database. */
  endedAt: Date;
  /** From the last fault until a payment that was begun after it was PAID. */
  recoveryMillis: number;
  /** From the last fault until every process was ready. */
  readyMillis: number;
  /** From the last fault until nothing was under way. */
  settledMillis: number;
  /** PAID per second, before the group and from 10 s after everything ran again. */
  rate?: { before: number; after: number };
}

export interface FaultRunResult {
  seed: number;
  faults: number;
  payments: number;
  lost: string[];
  duplicated: string[];
  unbalanced: string[];
  violations: string[];
  /** What customers saw that must not be. */
  surprises: string[];
  /** How often customers had to ask again, by reason. */
  retried: Record<string, number>;
  groups: GroupResult[];
  /** Processes that did not end on SIGTERM. */
  forced: string[];
}

const WARM_MILLIS = 1_000;
const RATE_MILLIS = 4_000;
/** Of each class, in a run with rates. */
const RATED_GROUPS = 4;
const I10_MILLIS = 10_000;
/** RabbitMQ 3.10 needs about five seconds to write down a new queue: see `TestBroker.kill`. */
const QUEUES_WRITTEN_MILLIS = 7_000;

/** Runs the system under load through a schedule of faults, and looks after each group at what must hold. */
export class FaultRun {
  private readonly groups: GroupResult[] = [];
  private readonly violations: string[] = [];
  private lost: string[] = [];
  private duplicated: string[] = [];
  private unbalanced: string[] = [];
  private payments = 0;

  private constructor(
    private readonly options: FaultRunOptions,
    private readonly world: FaultWorld,
    private readonly load: Load,
  ) {}

  static async play(options: FaultRunOptions): Promise<FaultRunResult> {
    const { seed, customers = 12, thinkMillis = 150 } = options;
    const smsDice = new Dice(seed + 7);
    const chosen = options.classes?.length ? options.classes : undefined;
    const ownDisk = DISKS_CAN_BE_MADE && (chosen?.includes('disk-full') ?? true);
    const world = await FaultWorld.start({ ...options.world, ownDisk, random: () => smsDice.next() });
    const load = new Load(world.url, seed, thinkMillis);
    const run = new FaultRun(options, world, load);
    let forced: string[];
    try {
      const declared = performance.now();
      await load.register(customers);
      await options.prepare?.(world);
      const spared = chosen !== undefined && !chosen.includes('broker-kill');
      if (!spared) await sleep(Math.max(0, QUEUES_WRITTEN_MILLIS - (performance.now() - declared)));
      await run.groupsUntilEnough();
    } finally {
      await load.client.close();
      forced = await world.close();
    }
    return run.result(forced);
  }

  private get faults(): number {
    return this.groups.reduce((sum, { faults }) => sum + faults, 0);
  }

  private async groupsUntilEnough(): Promise<void> {
    const { seed, count, classes = [], hurry, signal, log } = this.options;
    log?.(`seed ${seed}`);
    for (const group of schedule(new Dice(seed), classes, hurry)) {
      const result = await this.play(group);
      const { before, after } = result.rate ?? {};
      log?.(
        `${String(this.faults).padStart(5)} faults, ${String(this.payments).padStart(6)} payments: ${group.class}` +
          ` (${result.faults}), recovered in ${result.recoveryMillis} ms, settled in ${result.settledMillis} ms` +
          (before === undefined ? '' : `, rate ${before.toFixed(1)}/s before, ${after?.toFixed(1)}/s after`),
      );
      if (this.isBroken || this.faults >= count || signal?.aborted) return;
    }
  }

  private get isBroken(): boolean {
    const found = [this.violations, this.lost, this.duplicated, this.unbalanced, this.load.surprises];
    return found.some((it) => it.length > 0);
  }

  private async play(group: FaultGroup): Promise<GroupResult> {
    const { load, world } = this;
    load.resume();
    await sleep(WARM_MILLIS);
    const rated = this.groups.filter((it) => it.class === group.class && it.rate).length;
    const takesRate = this.options.rates === true && rated < RATED_GROUPS;
    const before = takesRate ? await this.rateOver(RATE_MILLIS) : undefined;
    const faults = await this.strike(group);
    const ended = performance.now();
    const endedAt = new Date();
    await world.fleet.untilReady();
    const readyMillis = Math.round(performance.now() - ended);
    let after: number | undefined;
    if (before !== undefined) {
      await sleep(I10_MILLIS);
      after = await this.rateOver(RATE_MILLIS);
    }
    await this.until('a payment is accepted again', () => load.acceptedSince(ended));
    await load.pause();
    await this.look();
    const settledMillis = Math.round(performance.now() - ended - (before === undefined ? 0 : I10_MILLIS + RATE_MILLIS)); // prettier-ignore
    const result = {
      class: group.class,
      says: group.faults.map(({ says }) => says),
      faults,
      endedAt,
      recoveryMillis: await this.recoveryAfter(ended, endedAt),
      readyMillis,
      settledMillis,
      ...(before !== undefined && after !== undefined && { rate: { before, after } }),
    };
    for (const proxy of [world.toBroker, world.toDatabase, ...Object.values(world.toServices)])
      proxy.endSilent();
    this.groups.push(result);
    return result;
  }

  private async strike({ faults, together }: FaultGroup): Promise<number> {
    let struck = 0;
    if (together) {
      const counts = await Promise.all(faults.map((fault) => fault.strike(this.world, this.load)));
      return counts.reduce((sum, count) => sum + count, 0);
    }
    for (const fault of faults) struck += await fault.strike(this.world, this.load);
    return struck;
  }

  /** Everything comes to rest, and then holds. */
  private async look(): Promise<void> {
    const { databaseUrl, simulatorUrl } = this.world;
    try {
      await untilSettled(databaseUrl, this.options.settleMillis ?? 90_000);
    } catch (error) {
      this.violations.push((error as Error).message);
    }
    const { results } = await checkInvariants({ databaseUrl, simulatorUrl, settled: true });
    for (const { id, holds, violations } of results) {
      if (holds) continue;
      this.violations.push(...violations.map((it) => `${id}: ${it}`));
      if (id === 'I1' || id === 'I2') this.unbalanced.push(...violations);
    }
    this.violations.push(...(await forbiddenMoves(databaseUrl)));
    await this.compareWithCustomers();
  }

  /** What the customers know by themselves: each order of theirs is one payment, and their money is right. */
  private async compareWithCustomers(): Promise<void> {
    const { databaseUrl } = this.world;
    const stored = await ask<{ id: string; status: string }>(
      databaseUrl,
      'SELECT id, status FROM payment.payments',
    );
    const wallets = await ask<{ id: string; balance: string }>(
      databaseUrl,
      `SELECT id, balance FROM wallet.accounts WHERE kind = 'wallet'`,
    );
    const statusOf = new Map(stored.map(({ id, status }) => [id, status]));
    const known = new Set(this.load.orders.map(({ paymentId }) => paymentId));
    this.payments = stored.length;
    this.lost = [...known].filter((id) => !['PAID', 'FAILED'].includes(statusOf.get(id) ?? ''));
    this.duplicated = stored.filter(({ id }) => !known.has(id)).map(({ id }) => id);
    if (known.size < this.load.orders.length) this.duplicated.push('two orders share a payment');
    const expected = new Map(wallets.map(({ id }) => [id, 0]));
    const add = (id: string, amount: number) => expected.set(id, (expected.get(id) ?? 0) + amount);
    for (const { paymentId, kind, payerId, payeeId, amount } of this.load.orders) {
      if (statusOf.get(paymentId) !== 'PAID') continue;
      add(payerId, kind === 'top_up' ? amount : -amount);
      if (payeeId) add(payeeId, amount);
    }
    for (const { id, balance } of wallets)
      if (Number(balance) !== expected.get(id))
        this.unbalanced.push(`wallet ${id} has ${balance}, its owner expects ${expected.get(id)}`);
  }

  private async recoveryAfter(ended: number, endedAt: Date): Promise<number> {
    const next = this.load.orders.filter(({ startedAt }) => startedAt >= ended);
    const rows = await ask<{ first: Date | null }>(
      this.world.databaseUrl,
      `SELECT min(ended_at) AS first FROM payment.payments WHERE id = ANY($1::uuid[]) AND status = 'PAID'`,
      [next.map(({ paymentId }) => paymentId)],
    );
    const first = rows[0]?.first;
    return first ? first.getTime() - endedAt.getTime() : NaN;
  }

  /** Payments that were PAID, per second. */
  private async rateOver(millis: number): Promise<number> {
    const from = new Date();
    await sleep(millis);
    const to = new Date();
    const rows = await ask<{ paid: number }>(
      this.world.databaseUrl,
      `SELECT count(*)::int AS paid FROM payment.payments WHERE status = 'PAID' AND ended_at BETWEEN $1 AND $2`,
      [from, to],
    );
    return (rows[0]!.paid * 1000) / (to.getTime() - from.getTime());
  }

  private async until(what: string, holds: () => boolean): Promise<void> {
    const deadline = performance.now() + 90_000;
    while (!holds()) {
      if (this.load.surprises.length > 0) return;
      if (performance.now() > deadline) throw new Error(`waited 90 s in vain until ${what}`);
      await sleep(20);
    }
  }

  private result(forced: string[]): FaultRunResult {
    const { lost, duplicated, unbalanced, violations, groups, payments, faults } = this;
    return {
      seed: this.options.seed,
      faults,
      payments,
      lost,
      duplicated,
      unbalanced,
      violations,
      surprises: this.load.surprises,
      retried: Object.fromEntries(this.load.client.retried),
      groups,
      forced,
    };
  }
}
