import type { FastifyInstance } from 'fastify';
import { readPage } from '../page.js';
import { wholeNumber, type Fields } from '../server.js';
import { LiveStream } from './live-stream.js';
import { itemOf, msisdnOf, type PhoneNetwork } from './phone-network.js';

const LIMIT = 50;
const LIMIT_MAX = 1000;

interface SendBody {
  body: string;
  copies?: number;
}

const SEND_BODY = {
  type: 'object',
  required: ['body'],
  additionalProperties: false,
  properties: {
    body: { type: 'string', minLength: 1, maxLength: 1600 },
    copies: { type: 'integer', minimum: 1, maximum: 10 },
  },
} as const;

/** The phones of the simulated world: what they received, what they send to the service, and a page on which they ring. */
export function addPhones(app: FastifyInstance, network: PhoneNetwork): void {
  const page = readPage(new URL('./page/', import.meta.url), 'phones');
  const stream = new LiveStream(network);

  app.get('/', (_request, reply) => reply.headers(page.headers).send(page.html));

  app.get<{ Querystring: Fields }>('/phones', ({ query }) => ({
    items: network.phones(wholeNumber(query, 'limit', LIMIT, LIMIT_MAX)),
  }));

  app.get<{ Params: { msisdn: string }; Querystring: Fields }>(
    '/phones/:msisdn/messages',
    (request, reply) => {
      const msisdn = msisdnOf(request.params.msisdn);
      if (msisdn === null) return reply.code(400).send({ status: 400, title: 'Not a phone number' });
      const limit = wholeNumber(request.query, 'limit', LIMIT, LIMIT_MAX);
      return { items: network.textsTo(msisdn, limit).map(itemOf) };
    },
  );

  app.post<{ Params: { msisdn: string }; Body: SendBody }>(
    '/phones/:msisdn/messages',
    { schema: { body: SEND_BODY } },
    async (request, reply) => {
      const from = msisdnOf(request.params.msisdn);
      if (from === null) return reply.code(400).send({ status: 400, title: 'Not a phone number' });
      const { body, copies = 1 } = request.body;
      const sent = await network.send({ from, body, copies });
      if (!sent) return reply.code(409).send({ status: 409, title: 'No number takes SMS here' });
      return reply.code(201).send({ from, body, ...sent });
    },
  );

  app.get('/phones/stream', (_request, reply) => {
    if (!stream.add(reply.raw))
      return reply.code(503).send({ status: 503, title: 'Too many pages are open' });
    return reply.hijack();
  });

  app.addHook('preClose', async () => stream.close());
}
