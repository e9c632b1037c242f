import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { type IssuerParts, treat, type Voice } from './treatment.js';
import type { IssuerKind, MadeVend } from './vend-book.js';

/** Known to everybody: a simulator guards nothing. */
export const DEMO_STRON = { company: 'Wattline', username: 'wattline', password: 'wattline-demo-stron' };
export const DEMO_CALIN = { userId: 'wattline', apiKey: 'wattline-demo-calin' };
const API_TOKEN = 'simulated-api-token';

type Body = Record<string, unknown> | null;

/** Stron: sign in, then pay an amount at a price; the token is the first of some words with commas. */
export function addStron(app: FastifyInstance, parts: IssuerParts): void {
  app.post<{ Body: Body }>('/login/', ({ body }) => {
    const { company, username, password } = DEMO_STRON;
    const isKnown =
      body?.['Companyname'] === company && body['Username'] === username && body['Password'] === password;
    return isKnown ? { ApiToken: API_TOKEN } : { Message: 'wrong user name or password' };
  });

  app.post<{ Body: Body }>('/vending/', async (request, reply) => {
    const { MeterId, Amount, Price, ApiToken } = request.body ?? {};
    if (ApiToken !== API_TOKEN) return { Message: 'sign in first' };
    // What they sell by is not known; this one rounds down, which is the worst for the customer.
    const tenths = BigInt(Math.floor((Number(Amount) / Number(Price)) * 10 + 1e-6) || 0);
    const say = ({ token, tenths: made, meterNumber }: MadeVend) =>
      JSON.stringify(`${token},${made / 10},${meterNumber}`);
    const voice = voiceOf(reply, say, JSON.stringify('false'));
    await treat(parts, orderOf('stron', request, MeterId, tenths), voice);
    return reply;
  });
}

/** Calin: credentials with every call; kilowatt-hours with one decimal. */
export function addCalin(app: FastifyInstance, parts: IssuerParts): void {
  app.post<{ Body: Body }>('/tokennew', async (request, reply) => {
    const { user_id, password, meter_id, token_type, amount } = request.body ?? {};
    if (user_id !== DEMO_CALIN.userId || password !== DEMO_CALIN.apiKey) return envelope(401, 'no such user');
    if (token_type !== 'CreditToken') return envelope(2, 'no such token');
    const tenths = BigInt(Math.round(Number(amount) * 10) || 0);
    const say = ({ token }: MadeVend) => JSON.stringify(envelope(0, 'OK', token));
    const voice = voiceOf(reply, say, JSON.stringify(envelope(1, 'the meter is not known')));
    await treat(parts, orderOf('calin', request, meter_id, tenths), voice);
    return reply;
  });
}

function envelope(code: number, reason: string, result: string | null = null) {
  return { result_code: code, reason, result };
}

function orderOf(issuer: IssuerKind, { headers }: FastifyRequest, meterNumber: unknown, tenths: bigint) {
  return {
    issuer,
    requestId: String(headers['x-request-id'] ?? ''),
    meterNumber: String(meterNumber),
    tenths,
  };
}

function voiceOf(reply: FastifyReply, say: (vend: MadeVend) => string, no: string): Voice {
  const json = (text: string) => void reply.type('application/json').send(text);
  return {
    give: (vend) => json(say(vend)),
    refuse: () => json(no),
    fail: () => void reply.code(503).send('busy'),
    sayNonsense: () =>
      void reply.type('text/html').send('<html><body>Welcome, 12345678901234567890</body></html>'),
    hangUp: () => {
      reply.hijack();
      reply.raw.socket?.destroy();
    },
    keepSilent: () => void reply.hijack(),
  };
}
