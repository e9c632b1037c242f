import fastify, { type FastifyInstance } from 'fastify';
import { parse } from 'node:querystring';

const BODY_MAX_BYTES = 64 * 1024;
const FORM_MAX_FIELDS = 100;
const CONNECTIONS_MAX = 4096;
/** Longer than the clients' own, so that they, not we, close an idle socket and none is lost in between. */
const KEEP_ALIVE_MS = 65_000;
const REQUEST_MAX_MS = 30_000;

/** Fields of a form or a query; a field given twice is a list. */
export type Fields = Record<string, string | string[] | undefined>;

/** The first value of a field; an absent field is undefined, an empty one ''. */
export function field(fields: Fields | null | undefined, name: string): string | undefined {
  const value = fields?.[name];
  return Array.isArray(value) ? value[0] : value;
}

/** A query parameter that must be a whole number; anything else, or none, is `otherwise`. */
export function wholeNumber(fields: Fields, name: string, otherwise: number, max: number): number {
  const value = field(fields, name);
  return value !== undefined && /^\d{1,9}$/.test(value) ? Math.min(Number(value), max) : otherwise;
}

/** The one HTTP server that all simulators share. */
export function createServer(): FastifyInstance {
  const app = fastify({
    logger: false,
    bodyLimit: BODY_MAX_BYTES,
    keepAliveTimeout: KEEP_ALIVE_MS,
    requestTimeout: REQUEST_MAX_MS,
    forceCloseConnections: true,
    // Without noDelay a small answer waits for the client's delayed acknowledgement: 40 ms an SMS.
    http: { noDelay: true },
    // Where a route has a schema: nothing is turned into what it is not, and nothing unknown passes unseen.
    ajv: { customOptions: { coerceTypes: false, removeAdditional: false, allErrors: true } },
    routerOptions: { maxParamLength: 200 },
  });
  app.server.maxConnections = CONNECTIONS_MAX;
  app.addContentTypeParser(
    'application/x-www-form-urlencoded',
    { parseAs: 'string' },
    (_request, body, done) => {
      done(null, parse(body.toString(), undefined, undefined, { maxKeys: FORM_MAX_FIELDS }));
    },
  );
  app.get('/health/live', () => ({ status: 'ok' }));
  app.get('/health/ready', () => ({ status: 'ok' }));
  return app;
}
