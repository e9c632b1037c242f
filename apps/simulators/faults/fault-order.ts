import type { FaultOrder } from './fault-menu.js';

const LATENCY_MAX_MS = 120_000;
const TIMES_MAX = 1_000_000;

/** A fault order that cannot be understood. */
export class FaultOrderError extends Error {
  constructor(readonly faults: readonly string[]) {
    super(faults.join('; '));
  }
}

interface Rule {
  says: string;
  holds(value: unknown): boolean;
}

const number = (says: string, min: number, max: number, whole = true): Rule => ({
  says,
  holds: (value) =>
    typeof value === 'number' && value >= min && value <= max && (!whole || Number.isInteger(value)),
});

/** Reads an order that came from outside; unknown members are refused, because a typo would pass unseen. */
export function readOrder<Name extends string>(
  input: unknown,
  names: readonly string[],
  operations: readonly string[],
): FaultOrder<Name> {
  if (typeof input !== 'object' || input === null || Array.isArray(input)) {
    throw new FaultOrderError(['a fault is ordered with a JSON object']);
  }
  const rules: Record<string, Rule> = {
    fault: oneOf(names),
    on: oneOf(operations),
    times: number(`a whole number from 1 to ${TIMES_MAX}`, 1, TIMES_MAX),
    rate: number('a number from 0 to 1', 0, 1, false),
    latencyMs: number(`a whole number from 0 to ${LATENCY_MAX_MS}`, 0, LATENCY_MAX_MS),
    code: number('an error code of five digits', 10_000, 99_999),
    status: number('an HTTP status from 400 to 599', 400, 599),
    to: { says: 'a number as text or digits', holds: (value) => /^\+?\d{3,20}$/.test(String(value)) },
  };
  const given = Object.entries(input).filter(([, value]) => value !== undefined);
  const faults = given.flatMap(([name, value]) => {
    const rule = Object.hasOwn(rules, name) ? rules[name] : undefined;
    if (!rule) return [`${name} is not known; known are ${Object.keys(rules).join(', ')}`];
    return rule.holds(value) ? [] : [`${name} must be ${rule.says}`];
  });
  if (!given.some(([name]) => name === 'fault')) faults.push(`fault must be ${rules['fault']!.says}`);
  if (faults.length > 0) throw new FaultOrderError(faults);
  const order = Object.fromEntries(given) as unknown as FaultOrder<Name>;
  return order.to === undefined ? order : { ...order, to: String(order.to).replace(/^\+/, '') };
}

function oneOf(values: readonly string[]): Rule {
  return {
    says: `one of ${values.join(', ')}`,
    holds: (value) => typeof value === 'string' && values.includes(value),
  };
}
