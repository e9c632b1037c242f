import type { Treatment } from './treatment.js';

/** Twilio's own test numbers: exactly these, as the recipient. */
const RECIPIENTS: Readonly<Record<string, number>> = {
  '+15005550001': 21211,
  '+15005550002': 21612,
  '+15005550003': 21408,
  '+15005550004': 21610,
  '+15005550009': 21614,
};

/** Twilio's own test numbers as the sender; +15005550006 is the one that works. */
const SENDERS: Readonly<Record<string, number>> = {
  '+15005550001': 21212,
  '+15005550007': 21606,
  '+15005550008': 21611,
};

/** The other numbers of the test range say by their last two digits what happens to a message. */
const RANGE = /^\+1500555\d\d(\d\d)$/;
const BUSY = '29';
const BUSY_ANSWERS = 2;

const ENDINGS: Readonly<Record<string, Treatment>> = {
  '01': { answer: 'refused', code: 21211 },
  '03': { delivery: 'undelivered', code: 30003 },
  '07': { delivery: 'undelivered', code: 30007 },
  '08': { delivery: 'failed', code: 30008 },
  '10': { answer: 'refused', code: 21610 },
  '50': { answer: '5xx', status: 503 },
  '51': { answer: 'accept-then-drop' },
  '52': { delivery: 'stays-sent' },
  '53': { delivery: 'callbacks-out-of-order' },
  '54': { delivery: 'callbacks-twice' },
  '55': { delivery: 'wrong-signature' },
  '56': { delivery: 'no-callbacks' },
};

/** Magic acts on numbers that start with +1500555 alone, so that an ordinary number always succeeds. */
export class TestNumbers {
  /** At most a hundred numbers end in 29 within the range. */
  private readonly busyAnswers = new Map<string, number>();

  treatmentOf(to: string, from: string | undefined): Treatment | undefined {
    const senderFault = from === undefined ? undefined : SENDERS[from];
    if (senderFault !== undefined) return { answer: 'refused', code: senderFault };
    const ending = RANGE.exec(to)?.[1];
    if (ending === undefined) return undefined;
    const code = RECIPIENTS[to];
    if (code !== undefined) return { answer: 'refused', code };
    return ending === BUSY ? this.busy(to) : ENDINGS[ending];
  }

  /** Twice too many requests, then the message passes; the next one meets the same again. */
  private busy(to: string): Treatment | undefined {
    const answers = this.busyAnswers.get(to) ?? 0;
    this.busyAnswers.set(to, answers < BUSY_ANSWERS ? answers + 1 : 0);
    return answers < BUSY_ANSWERS ? { answer: '429' } : undefined;
  }
}
