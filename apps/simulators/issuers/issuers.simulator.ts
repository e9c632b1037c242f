import type { FastifyInstance } from 'fastify';
import { systemClock, type Clock } from '#kernel';
import { FaultMenu } from '../faults/fault-menu.js';
import { addFaultRoutes } from '../faults/faults.routes.js';
import { maskToken } from '../meters/meters-log.js';
import { type Fields, wholeNumber } from '../server.js';
import { addCalin, addStron } from './manufacturers.routes.js';
import { createPrism, type PrismOptions } from './prism.server.js';
import { ISSUER_FAULTS, ISSUER_OPERATIONS, type IssuerFault } from './treatment.js';
import { VendBook } from './vend-book.js';

export interface IssuersOptions {
  clock?: Clock;
  /** Decides whether a fault with a rate strikes; a test brings a seeded one. */
  random?: () => number;
  /** A security module listens where it is told; there is none unless told. */
  prism?: PrismOptions;
}

/** What a test in the same process holds in its hand. */
export interface IssuersSimulator {
  /** With the tokens in full, as the manufacturer's own people have them. */
  readonly book: VendBook;
  readonly faults: FaultMenu<IssuerFault>;
  /** Where the security module listens, once the simulators are ready. */
  prismPort(): number;
}

const PAGE = 1000;
const PAGE_MAX = 10_000;

/** Who makes tokens outside: Stron under `/issuers/stron`, Calin under `/issuers/calin`. */
export function addIssuers(
  app: FastifyInstance,
  { clock = systemClock, random, prism }: IssuersOptions = {},
): IssuersSimulator {
  const book = new VendBook(clock);
  const faults = new FaultMenu<IssuerFault>({ dishes: ISSUER_FAULTS, operations: ISSUER_OPERATIONS, random });
  const closing = new AbortController();
  const parts = { book, faults, closing: closing.signal };
  app.register(
    async (issuers) => {
      addFaultRoutes(issuers, faults);
      addLogRoute(issuers, book);
      issuers.register(async (stron) => addStron(stron, parts), { prefix: '/stron' });
      issuers.register(async (calin) => addCalin(calin, parts), { prefix: '/calin' });
    },
    { prefix: '/issuers' },
  );
  const module = prism && createPrism(parts, prism);
  app.addHook('onReady', async () => module?.listen());
  app.addHook('preClose', async () => {
    closing.abort();
    await module?.close();
  });
  return { book, faults, prismPort: () => module?.port ?? 0 };
}

/** `GET …/log?after=&limit=`: the vends that were really made, oldest first. */
function addLogRoute(app: FastifyInstance, { vends }: VendBook): void {
  app.get<{ Querystring: Fields }>('/log', ({ query }) => {
    const after = wholeNumber(query, 'after', 0, Number.MAX_SAFE_INTEGER);
    const found = vends.since(after, wholeNumber(query, 'limit', PAGE, PAGE_MAX));
    const next = found.at(-1)?.seq ?? after;
    return {
      total: vends.total,
      missed: Math.max(0, vends.first - 1 - after),
      next,
      more: next < vends.total,
      items: found.map(({ seq, entry: { token, keyChange, ...vend } }) => ({
        seq,
        ...vend,
        token: maskToken(token),
        keyChangeTokens: keyChange.length,
        at: new Date(vend.at).toISOString(),
      })),
    };
  });
}
