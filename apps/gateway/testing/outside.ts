import { createServer } from 'node:net';
import { fastify, type FastifyInstance } from 'fastify';
import type { ServiceName } from '#contracts';

/** A request as another service received it. */
export interface Received {
  method: string;
  path: string;
  headers: Record<string, string | string[] | undefined>;
  body: Buffer;
}

/** What another service answers; JSON unless `body` is text or bytes. */
export interface Reply {
  status?: number;
  headers?: Record<string, string>;
  body?: unknown;
  /** Milliseconds until it answers. */
  after?: number;
  /** It answers when this has happened. */
  when?: Promise<unknown>;
}

/** Another service, played by the test. */
export interface PlayedService {
  url: string;
  received: Received[];
  last(): Received;
  answer(reply: Reply | ((request: Received) => Reply)): void;
  close(): Promise<void>;
}

export async function playService(port = 0): Promise<PlayedService> {
  const server: FastifyInstance = fastify({ forceCloseConnections: true });
  const received: Received[] = [];
  let reply: (request: Received) => Reply = () => ({ body: {} });
  server.removeAllContentTypeParsers();
  server.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
  server.all('/*', async (request, answer) => {
    const seen: Received = {
      method: request.method,
      path: request.url,
      headers: request.headers,
      body: Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0),
    };
    received.push(seen);
    const { status = 200, headers = {}, body, after = 0, when } = reply(seen);
    if (after > 0) await new Promise((resolve) => setTimeout(resolve, after));
    await when;
    const asIs = body === undefined || typeof body === 'string' || Buffer.isBuffer(body);
    if (!asIs) void answer.type('application/json; charset=utf-8');
    return answer
      .code(status)
      .headers(headers)
      .send(asIs ? body : JSON.stringify(body));
  });
  await server.listen({ port, host: '127.0.0.1' });
  const { port: taken } = server.server.address() as { port: number };
  return {
    url: `http://127.0.0.1:${taken}`,
    received,
    last: () => received.at(-1)!,
    answer: (next) => (reply = typeof next === 'function' ? next : () => next),
    close: () => server.close(),
  };
}

/** A port that nobody listens on now. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}

export const CONTACT_SECRET = 'the contacts of the tests are sealed by this';
export const JWT_SECRET = 'the access tokens of the tests are signed by it';

/** The environment of a gateway under test; a service that nobody plays is at a port where nobody listens. */
export async function gatewayEnvironment(
  others: Partial<Record<ServiceName, PlayedService>> = {},
): Promise<Record<string, string>> {
  const nobody = `http://127.0.0.1:${await freePort()}`;
  const names: ServiceName[] = ['billing', 'wallet', 'payment', 'notification', 'audit'];
  return {
    JWT_SECRET,
    CONTACT_SECRET,
    ...Object.fromEntries(names.map((name) => [`${name.toUpperCase()}_URL`, others[name]?.url ?? nobody])),
  };
}

let people = 0;

/** A registration of somebody new. */
export function somebody(more: object = {}): { name: string; phone: string; password: string } {
  people += 1;
  const phone = `+234803${String(1_000_000 + people)}`;
  return { name: 'Amina Bello', phone, password: 'rain on a tin roof', ...more };
}
