import type { Fault, FaultMenu } from '../faults/fault-menu.js';
import { DELIVERY_FAULTS, type DeliveryFault } from './delivery-script.js';
import { TestNumbers } from './test-numbers.js';

/** Faults of the answer to a request; those of the delivery stand with the delivery scripts. */
export const ANSWER_FAULTS = {
  '401': 'answers 401/20003',
  '429': 'answers 429/20429',
  '5xx': 'answers 503, or the status it is told',
  refused: 'answers 400 with a code; 21612 unless told',
  'drop-before-accept': 'closes the socket; nothing was accepted',
  'accept-then-drop': 'accepts, then closes the socket; the message is in the list and its callbacks come',
  'wrong-body': 'accepts, then answers a page of HTML',
  hang: 'accepts, then answers nothing for two minutes',
  slow: 'accepts at once, answers after latencyMs; 5000 unless told',
} as const;

export type AnswerFault = keyof typeof ANSWER_FAULTS;
export type TwilioFault = AnswerFault | DeliveryFault;
export type TwilioOperation = 'send' | 'read';

export const TWILIO_FAULTS: Readonly<Record<TwilioFault, string>> = { ...ANSWER_FAULTS, ...DELIVERY_FAULTS };
export const TWILIO_OPERATIONS: readonly TwilioOperation[] = ['send', 'read'];

/** What a request meets instead of the ordinary course of things. */
export interface Treatment {
  answer?: AnswerFault | undefined;
  delivery?: DeliveryFault | undefined;
  /** Twilio's code of the refusal, or of the failed delivery. */
  code?: number | undefined;
  status?: number | undefined;
  latencyMs?: number | undefined;
}

const ANSWERS: ReadonlySet<TwilioFault> = new Set(Object.keys(ANSWER_FAULTS) as AnswerFault[]);
const DELIVERIES: ReadonlySet<TwilioFault> = new Set(Object.keys(DELIVERY_FAULTS) as DeliveryFault[]);

/** Ordered faults come first, then the magic numbers, then the ordinary course. */
export class Treatments {
  private readonly testNumbers = new TestNumbers();

  constructor(private readonly menu: FaultMenu<TwilioFault>) {}

  ofSending(to: string, from: string | undefined): Treatment | undefined {
    const answer = this.menu.strike(ANSWERS, 'send', to);
    if (answer) return byOrder(answer, { answer: answer.fault as AnswerFault });
    const delivery = this.menu.strike(DELIVERIES, 'send', to);
    if (delivery) return byOrder(delivery, { delivery: delivery.fault as DeliveryFault });
    return this.testNumbers.treatmentOf(to, from);
  }

  ofReading(to: string | undefined): Treatment | undefined {
    const fault = this.menu.strike(ANSWERS, 'read', to);
    return fault && byOrder(fault, { answer: fault.fault as AnswerFault });
  }
}

function byOrder({ code, status, latencyMs }: Fault<TwilioFault>, what: Treatment): Treatment {
  return { ...what, code, status, latencyMs };
}
