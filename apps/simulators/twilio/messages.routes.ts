import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { PhoneNetwork } from '../phones/phone-network.js';
import { field, type Fields } from '../server.js';
import { API_VERSION, keysOf, type Account } from './account.js';
import type { Answers } from './answers.js';
import { scriptOf } from './delivery-script.js';
import { listMessages } from './message-query.js';
import { resourceOf } from './message-resource.js';
import type { MessageStore } from './message-store.js';
import type { Message } from './message.js';
import { readSendForm, type SendOrder } from './send-form.js';
import type { StatusCallbacks } from './status-callbacks.js';
import type { Treatment, Treatments } from './treatment.js';
import { twilioError } from './twilio-errors.js';

interface Parts {
  account: Account;
  store: MessageStore;
  treatments: Treatments;
  answers: Answers;
  phones: PhoneNetwork;
  /** Null where nobody waits for callbacks. */
  callbacks: StatusCallbacks | null;
}

interface OfAccount {
  Params: { account: string };
  Querystring: Fields;
  Body: Fields | null;
}

interface OfMessage extends OfAccount {
  Params: { account: string; sid: string };
}

const MESSAGES = `/${API_VERSION}/Accounts/:account/Messages.json`;
const MESSAGE = `/${API_VERSION}/Accounts/:account/Messages/:sid.json`;

/** Twilio's Messages resource: send, read, list, redact, delete. */
export function addMessageRoutes(app: FastifyInstance, parts: Parts): void {
  const { account, answers } = parts;
  const keys = keysOf(account);
  app.addHook<OfAccount>('onRequest', (request, reply, next) => {
    const isOurs =
      keys.has(request.headers.authorization ?? '') && request.params.account === account.accountSid;
    if (isOurs) next();
    else answers.error(request, reply, twilioError(20003));
  });
  app.setErrorHandler((error: Error & { statusCode?: number }, request, reply) => {
    const { statusCode: status = 500 } = error;
    return answers.error(request, reply, { ...twilioError(20001, error.message), status });
  });
  app.post<OfAccount>(MESSAGES, (request, reply) => send(parts, request, reply));
  app.get<OfAccount>(MESSAGES, (request, reply) => list(parts, request, reply));
  app.get<OfMessage>(MESSAGE, (request, reply) => read(parts, request, reply));
  app.post<OfMessage>(MESSAGE, (request, reply) => change(parts, request, reply));
  app.delete<OfMessage>(MESSAGE, (request, reply) => remove(parts, request, reply));
}

async function send(
  parts: Parts,
  request: FastifyRequest<OfAccount>,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const { account, answers, treatments } = parts;
  const order = readSendForm(request.body);
  if ('code' in order) return answers.error(request, reply, order, { to: field(request.body, 'To') });
  const treatment = treatments.ofSending(order.to, field(request.body, 'From'));
  if (treatment === undefined) return accepted(parts, request, reply, accept(parts, order));

  const about = { to: order.to, fault: treatment.answer ?? treatment.delivery };
  const refusal = answers.refusal(treatment, order.to);
  const isTaken = refusal === undefined && treatment.answer !== 'drop-before-accept';
  const message = isTaken ? accept(parts, order, treatment) : undefined;
  // Written before any delay: a late answer still says what was true when the message was accepted.
  const resource = message && resourceOf(message, account.accountSid);
  if (treatment.answer !== 'slow') await answers.delay(treatment.latencyMs);
  if (refusal) return answers.error(request, reply, refusal, about);
  if (await answers.spoilt(request, reply, treatment, { ...about, sid: message?.sid })) return reply;
  return answers.json(request, reply, 201, resource, { ...about, sid: message!.sid });
}

function accept(parts: Parts, order: SendOrder, treatment?: Treatment): Message {
  const message = parts.store.accept({ ...order, script: scriptOf(treatment?.delivery, treatment?.code) });
  parts.phones.ring(message);
  parts.callbacks?.schedule(message);
  return message;
}

function accepted(
  parts: Parts,
  request: FastifyRequest,
  reply: FastifyReply,
  message: Message,
): FastifyReply {
  const { sid, to } = message;
  return parts.answers.json(request, reply, 201, resourceOf(message, parts.account.accountSid), { sid, to });
}

async function list(
  parts: Parts,
  request: FastifyRequest<OfAccount>,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const { account, answers, store } = parts;
  const to = field(request.query, 'To');
  if (await meetsReadFault(parts, request, reply, to)) return reply;
  const page = listMessages(store, account.accountSid, request.query);
  if (isError(page)) return answers.error(request, reply, page, { to });
  return answers.json(request, reply, 200, page, { to });
}

async function read(
  parts: Parts,
  request: FastifyRequest<OfMessage>,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const { account, answers } = parts;
  const message = find(parts, request);
  if (await meetsReadFault(parts, request, reply, message?.to)) return reply;
  if (!message) return notFound(parts, request, reply);
  return answers.json(request, reply, 200, resourceOf(message, account.accountSid), { sid: message.sid });
}

/** Twilio knows two changes: an empty body forgets the text, and a scheduled message can be cancelled. */
async function change(
  parts: Parts,
  request: FastifyRequest<OfMessage>,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const { account, answers } = parts;
  const message = find(parts, request);
  if (await meetsReadFault(parts, request, reply, message?.to)) return reply;
  if (!message) return notFound(parts, request, reply);
  const { sid } = message;
  const about = { sid };
  if (field(request.body, 'Status') !== undefined) {
    return answers.error(request, reply, twilioError(30409, sid), about);
  }
  if (field(request.body, 'Body') !== '') {
    return answers.error(request, reply, twilioError(20001, 'Body can only be emptied'), about);
  }
  if (message.isWithTwilio) return answers.error(request, reply, twilioError(20009, sid), about);
  message.redacted = true;
  return answers.json(request, reply, 200, resourceOf(message, account.accountSid), about);
}

async function remove(
  parts: Parts,
  request: FastifyRequest<OfMessage>,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const { answers } = parts;
  const message = find(parts, request);
  if (await meetsReadFault(parts, request, reply, message?.to)) return reply;
  if (!message) return notFound(parts, request, reply);
  const about = { sid: message.sid };
  if (message.isWithTwilio) return answers.error(request, reply, twilioError(20009, message.sid), about);
  message.deleted = true;
  return answers.empty(request, reply, about);
}

async function meetsReadFault(
  { answers, treatments }: Parts,
  request: FastifyRequest,
  reply: FastifyReply,
  to: string | undefined,
): Promise<boolean> {
  const treatment = treatments.ofReading(to);
  if (!treatment) return false;
  const about = { to, fault: treatment.answer };
  const refusal = answers.refusal(treatment, to ?? '');
  if (treatment.answer !== 'slow') await answers.delay(treatment.latencyMs);
  if (!refusal) return answers.spoilt(request, reply, treatment, about);
  answers.error(request, reply, refusal, about);
  return true;
}

function find({ store }: Parts, { params }: FastifyRequest<OfMessage>): Message | undefined {
  const message = store.find(params.sid);
  return message?.deleted ? undefined : message;
}

function notFound({ answers }: Parts, request: FastifyRequest<OfMessage>, reply: FastifyReply): FastifyReply {
  return answers.error(request, reply, twilioError(20404, request.url));
}

function isError(page: object): page is ReturnType<typeof twilioError> {
  return 'code' in page;
}
