import type { FastifyInstance } from 'fastify';
import { systemClock, type Clock } from '#kernel';
import { FaultMenu } from '../faults/fault-menu.js';
import { addFaultRoutes } from '../faults/faults.routes.js';
import type { PhoneNetwork, PhoneText } from '../phones/phone-network.js';
import type { Account } from './account.js';
import { Answers } from './answers.js';
import { IncomingTexts } from './incoming-texts.js';
import { MessageStore } from './message-store.js';
import { addMessageRoutes } from './messages.routes.js';
import { StatusCallbacks } from './status-callbacks.js';
import { TWILIO_FAULTS, TWILIO_OPERATIONS, Treatments, type TwilioFault } from './treatment.js';
import { addLogRoutes, TwilioLog } from './twilio-log.js';

export interface TwilioOptions extends Account {
  /** False in a benchmark: no callbacks and no timers, the status shows by GET. True unless told. */
  callbacks?: boolean;
  /** Hosts that callbacks may go to besides this machine; none unless told. */
  callbackHosts?: readonly string[];
  /** Where SMS to the service's number are handed over; without it nobody can write to it. */
  incomingUrl?: string;
  /** That number. */
  number?: string;
  /** How long a step of delivery takes: queued, sent and delivered are one step apart. */
  stepMs?: number;
  /** How many accepted messages are remembered. */
  keepMessages?: number;
  clock?: Clock;
  /** Decides whether a fault with a rate strikes; a test brings a seeded one. */
  random?: () => number;
}

/** What a test in the same process holds in its hand. */
export interface TwilioSimulator {
  readonly messages: MessageStore;
  readonly faults: FaultMenu<TwilioFault>;
  readonly log: TwilioLog;
}

const NUMBER = '+15005550006';
const STEP_MS = 200;
const KEEP_MESSAGES = 500_000;

/** Twilio under `/twilio`: the SDK's base URL is the simulators' URL with that path. */
export function addTwilio(
  app: FastifyInstance,
  phones: PhoneNetwork,
  log: (line: string) => void,
  options: TwilioOptions,
): TwilioSimulator {
  const { accountSid, authToken, apiKeys, clock = systemClock, stepMs = STEP_MS, random } = options;
  if (!/^AC[0-9a-f]{32}$/.test(accountSid))
    throw new RangeError('a Twilio account sid is AC and 32 hex digits');
  const account = { accountSid, authToken, apiKeys };
  const hosts = options.callbackHosts ?? [];
  const store = new MessageStore({ clock, stepMs }, options.keepMessages ?? KEEP_MESSAGES);
  const faults = new FaultMenu<TwilioFault>({ dishes: TWILIO_FAULTS, operations: TWILIO_OPERATIONS, random });
  const records = new TwilioLog(store);
  const answers = new Answers(clock, records.requests);
  const callbacks =
    options.callbacks === false
      ? null
      : new StatusCallbacks({ account, clock, stepMs, hosts, record: records.callbacks, log });
  const treatments = new Treatments(faults);

  const { incomingUrl, number = NUMBER } = options;
  const incoming = incomingUrl ? new IncomingTexts({ account, number, url: incomingUrl, hosts }) : undefined;
  phones.connect({
    textsNewestFirst: (to): Iterable<PhoneText> => store.newestFirst(to),
    ...(incoming && { send: (text) => incoming.send(text) }),
  });
  app.register(
    async (twilio) => {
      addFaultRoutes(twilio, faults);
      addLogRoutes(twilio, records, store);
      await twilio.register(async (api) => {
        addMessageRoutes(api, { account, store, treatments, answers, phones, callbacks });
      });
    },
    { prefix: '/twilio' },
  );
  app.addHook('preClose', async () => {
    answers.close();
    await callbacks?.close();
    await incoming?.close();
  });
  return { messages: store, faults, log: records };
}
