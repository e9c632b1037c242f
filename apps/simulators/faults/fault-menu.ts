import { readOrder } from './fault-order.js';

/** What somebody ordered: which fault, for whom, how often. Without `times` and `rate` it strikes once. */
export interface FaultOrder<Name extends string = string> {
  fault: Name;
  /** Strikes this many times, then it is gone. */
  times?: number;
  /** Strikes with this probability, from 0 to 1; for ever unless `times` ends it. */
  rate?: number;
  /** Strikes only what concerns this number. */
  to?: string;
  /** Which operation it strikes; the first of the simulator's operations unless told. */
  on?: string;
  latencyMs?: number;
  /** The provider's own error code, where the fault has one. */
  code?: number;
  /** The HTTP status, where the fault has one. */
  status?: number;
}

export interface Fault<Name extends string = string> extends FaultOrder<Name> {
  id: number;
  on: string;
  struck: number;
}

export interface FaultMenuOptions<Name extends string> {
  /** Every fault with one sentence that says what it does. */
  dishes: Readonly<Record<Name, string>>;
  /** What a fault can strike; the first is meant when an order does not say. */
  operations: readonly string[];
  /** Decides whether a fault with a rate strikes; tests bring a seeded one. */
  random?: () => number;
}

export const ANY_OPERATION = 'any';
const OPEN_ORDERS_MAX = 100;

/** The faults that a simulator can be told to show, and those that are ordered now. */
export class FaultMenu<Name extends string> {
  readonly dishes: Readonly<Record<Name, string>>;
  readonly operations: readonly string[];
  private readonly random: () => number;
  private open: Fault<Name>[] = [];
  private lastId = 0;

  constructor(options: FaultMenuOptions<Name>) {
    this.dishes = options.dishes;
    this.operations = options.operations;
    this.random = options.random ?? Math.random;
  }

  /** Throws a FaultOrderError that lists everything wrong with the order. */
  order(input: FaultOrder<Name>): Fault<Name>;
  order(input: unknown): Fault<Name>;
  order(input: unknown): Fault<Name> {
    const operations = [...new Set([...this.operations, ANY_OPERATION])];
    const order = readOrder<Name>(input, Object.keys(this.dishes), operations);
    if (this.open.length >= OPEN_ORDERS_MAX)
      throw new RangeError(`${OPEN_ORDERS_MAX} faults are open already`);
    if (order.times === undefined && order.rate === undefined) order.times = 1;
    const fault = { ...order, id: ++this.lastId, on: order.on ?? this.operations[0]!, struck: 0 };
    this.open.push(fault);
    return { ...fault };
  }

  /** The first open fault among `names` that strikes this operation; it counts as struck. */
  strike(names: ReadonlySet<Name>, operation: string, to?: string): Fault<Name> | undefined {
    if (this.open.length === 0) return undefined;
    const fault = this.open.find(
      ({ fault: name, on, to: only, rate }) =>
        names.has(name) &&
        (on === operation || on === ANY_OPERATION) &&
        (only === undefined || only === digitsOf(to)) &&
        (rate === undefined || this.random() < rate),
    );
    if (fault === undefined) return undefined;
    fault.struck += 1;
    if (fault.times !== undefined && fault.struck >= fault.times) this.cancel(fault.id);
    return fault;
  }

  list(): Fault<Name>[] {
    return this.open.map((fault) => ({ ...fault }));
  }

  cancel(id: number): boolean {
    const before = this.open.length;
    this.open = this.open.filter((fault) => fault.id !== id);
    return this.open.length < before;
  }

  clear(): void {
    this.open = [];
  }
}

function digitsOf(number: string | undefined): string | undefined {
  return number?.replace(/^\+/, '');
}
