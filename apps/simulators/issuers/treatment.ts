import { setTimeout as wait } from 'node:timers/promises';
import { ANY_OPERATION, type FaultMenu } from '../faults/fault-menu.js';
import type { MadeVend, VendBook, VendOrder } from './vend-book.js';

export const ISSUER_FAULTS = {
  slow: 'makes the vend and answers after latencyMs; one second unless told',
  late: 'makes the vend and answers after latencyMs; thirty seconds unless told',
  refused: 'says no; nothing was made',
  '5xx': 'an error of the server; nothing was made',
  'drop-before-accept': 'closes the connection; nothing was made',
  'accept-then-5xx': 'makes the vend, then says that something went wrong',
  'accept-then-drop': 'makes the vend, then closes the connection',
  'accept-then-silence': 'makes the vend and never answers',
  garbage: 'makes the vend and answers nonsense',
  duplicate: 'makes the vend and answers with the tokens of the first one that it ever made',
} as const;
export type IssuerFault = keyof typeof ISSUER_FAULTS;

/** What a fault can strike; any unless an order says. */
export const ISSUER_OPERATIONS = [ANY_OPERATION, 'stron', 'calin', 'prism'] as const;

/** How one issuer says things, in its protocol. */
export interface Voice {
  give(vend: MadeVend): void;
  refuse(): void;
  fail(): void;
  sayNonsense(): void;
  hangUp(): void;
  keepSilent(): void;
}

export interface IssuerParts {
  book: VendBook;
  faults: FaultMenu<IssuerFault>;
  /** Ends the waits of slow answers. */
  closing: AbortSignal;
}

const ALL = new Set(Object.keys(ISSUER_FAULTS) as IssuerFault[]);
const MAKES_NOTHING = new Set<IssuerFault | undefined>(['refused', '5xx', 'drop-before-accept']);
const LATENCY: Partial<Record<IssuerFault, number>> = { slow: 1_000, late: 30_000 };

/** One vend, with the fault that strikes it. */
export async function treat(parts: IssuerParts, order: VendOrder, voice: Voice): Promise<void> {
  const { book, faults, closing } = parts;
  const struck = faults.strike(ALL, order.issuer, order.meterNumber);
  const fault = struck?.fault;
  const vend = MAKES_NOTHING.has(fault) ? undefined : book.make(order);
  const latency = struck?.latencyMs ?? (fault && LATENCY[fault]) ?? 0;
  if (latency > 0) await wait(latency, undefined, { signal: closing }).catch(() => undefined);
  switch (fault) {
    case '5xx':
    case 'accept-then-5xx':
      return voice.fail();
    case 'drop-before-accept':
    case 'accept-then-drop':
      return voice.hangUp();
    case 'accept-then-silence':
      return voice.keepSilent();
    case 'garbage':
      return voice.sayNonsense();
    case 'duplicate':
      return vend ? voice.give(book.firstOf(order.issuer) ?? vend) : voice.refuse();
    default:
      return vend ? voice.give(vend) : voice.refuse();
  }
}
