import { fastify, type FastifyInstance } from 'fastify';
import { pino } from 'pino';
import { type Gathered, MOST_QUESTIONS } from '#contracts';
import { newId, ok, Problem, refuse, type Result, systemClock } from '#kernel';
import { answerEach } from './gathered-answers.js';
import { GatheredCalls } from './gathered-calls.js';
import { InternalClient } from './internal-client.js';
import type { BaseSettings } from './settings.js';

interface Asked {
  n: number;
}

const log = pino({ level: 'silent' });
let billing: FastifyInstance;
let client: InternalClient;
/** Of each request that arrived, how many questions it had. */
let requests: number[];
let contexts: string[];
/** Answers that it gives, at most. */
let most: number;
let answer: (asked: Asked) => Promise<Result<number>>;

beforeEach(async () => {
  requests = [];
  contexts = [];
  most = MOST_QUESTIONS;
  answer = ({ n }) => Promise.resolve(ok(n * n));
  billing = fastify();
  billing.post<{ Body: Gathered<Asked> }>('/squares', async ({ body: { questions } }) => {
    requests.push(questions.length);
    const { answers } = await answerEach(questions, log, ({ correlationId }, asked) => {
      contexts.push(correlationId);
      return answer(asked);
    });
    return { answers: answers.slice(0, most) };
  });
  const BILLING_URL = await billing.listen({ host: '127.0.0.1', port: 0 });
  const settings = { BILLING_URL, INTERNAL_SECRET: 'x'.repeat(32) } as BaseSettings;
  client = new InternalClient('payment', settings, systemClock);
});
afterEach(async () => {
  await client.close();
  await billing.close();
});

const squares = () => new GatheredCalls<Asked, number>(client, 'billing', '/squares');
const codes = (answers: Result<number>[]) => answers.map((it) => (it.ok ? it.value : it.problem.code));

test('what is asked in one turn travels together, each with its own context and answer', async () => {
  const calls = squares();
  const ids = Array.from({ length: 2 * MOST_QUESTIONS + 50 }, () => newId());
  const answers = await Promise.all(ids.map((correlationId, n) => calls.ask({ correlationId }, { n })));
  expect(codes(answers)).toEqual(ids.map((_, n) => n * n));
  expect(requests.sort((a, b) => b - a)).toEqual([MOST_QUESTIONS, MOST_QUESTIONS, 50]);
  expect(contexts.sort()).toEqual(ids.sort());
  await calls.ask({ correlationId: newId() }, { n: 3 });
  expect(requests.at(-1)).toBe(1);
});

test('a question that is refused or fails takes no other with it', async () => {
  const links = { payment: '/api/payments/1' };
  answer = ({ n }) => {
    if (n === 1)
      return Promise.resolve(refuse(new Problem('payment_in_progress', 'wait', undefined, { links })));
    if (n === 2) return Promise.reject(new Error('a fault of ours'));
    return Promise.resolve(ok(n));
  };
  const calls = squares();
  const answers = await Promise.all([0, 1, 2, 3].map((n) => calls.ask({ correlationId: newId() }, { n })));
  expect(codes(answers)).toEqual([0, 'payment_in_progress', 'unavailable', 3]);
  const refused = answers[1]!;
  expect(refused.ok ? undefined : [refused.problem.detail, refused.problem.extra.links]).toEqual([
    'wait',
    links,
  ]);
});

test('a question that takes too long is unavailable, and the others are answered', async () => {
  answer = ({ n }) => (n === 1 ? new Promise(() => undefined) : Promise.resolve(ok(n)));
  const calls = squares();
  const answers = await Promise.all([0, 1, 2].map((n) => calls.ask({ correlationId: newId() }, { n })));
  expect(codes(answers)).toEqual([0, 'unavailable', 2]);
});

test('when the other service is away, or answers too few, what has no answer is unavailable', async () => {
  const calls = squares();
  const ask = () => Promise.all([1, 2].map((n) => calls.ask({ correlationId: newId() }, { n })));
  most = 1;
  expect(codes(await ask())).toEqual([1, 'unavailable']);
  await billing.close();
  expect(codes(await ask())).toEqual(['unavailable', 'unavailable']);
});
