import { createHash } from 'node:crypto';
import { Agent, errors } from 'undici';
import type { Clock } from '#kernel';
import type { Ring } from '../ring.js';
import { API_VERSION, type Account } from './account.js';
import { mayBeCalled, targetOf, type CallbackTarget, type RetryReason } from './callback-url.js';
import { reportsOf, type Report, type Step } from './delivery-script.js';
import type { Message } from './message.js';
import { signatureOf } from './twilio-signature.js';

export interface CallbackEntry {
  at: number;
  sid: string;
  url: string;
  status: string;
  attempt: number;
  /** The HTTP status that came back, or why there is none. */
  outcome: number | string;
}

interface Options {
  account: Account;
  clock: Clock;
  stepMs: number;
  /** Hosts besides this machine that may be called. */
  hosts: readonly string[];
  record: Ring<CallbackEntry>;
  log: (line: string) => void;
}

const CONNECT_TIMEOUT_MS = 5000;
const CONNECTIONS_MAX = 64;
/** Messages that still have callbacks to come. Beyond this the callbacks get lost, as Twilio's may. */
const WAITING_MAX = 50_000;
const UNDER_WAY_MAX = 5000;

/** Tells the customer's server what became of each message. */
export class StatusCallbacks {
  private readonly agent = new Agent({
    connections: CONNECTIONS_MAX,
    connect: { timeout: CONNECT_TIMEOUT_MS },
  });
  private readonly timers = new Set<NodeJS.Timeout>();
  private readonly closing = new AbortController();
  private underWay = 0;

  constructor(private readonly options: Options) {}

  /** The first status stands in the answer already, so only what follows is reported. */
  schedule(message: Message): void {
    const reports = message.statusCallback === undefined ? [] : reportsOf(message.script);
    const first = reports[0];
    if (first === undefined) return;
    if (!mayBeCalled(message.statusCallback!, this.options.hosts)) {
      this.options.log(`no callbacks for ${message.sid}: ${message.statusCallback} is not this machine`);
      this.note(message, first.step, 1, 'refused: neither a loopback address nor an allowed host');
      return;
    }
    if (this.timers.size >= WAITING_MAX) {
      this.note(message, first.step, 1, 'lost: too many messages wait for callbacks');
      return;
    }
    this.reportInTurn(message, targetOf(message.statusCallback!), reports, 0);
  }

  async close(): Promise<void> {
    this.closing.abort();
    for (const timer of this.timers) clearTimeout(timer);
    this.timers.clear();
    await this.agent.destroy();
  }

  /**
   * A report leaves when it is due and the one before has its first answer, so that only the fault menu can
   * change their order; a retry holds up nothing.
   */
  private reportInTurn(
    message: Message,
    target: CallbackTarget,
    reports: readonly Report[],
    turn: number,
  ): void {
    const report = reports[turn];
    if (report === undefined) return;
    const due = message.acceptedAt + report.after * this.options.stepMs;
    this.after(due - this.options.clock.now().getTime(), async () => {
      const copies = Array.from({ length: report.copies }, () => this.tell(message, target, report.step, 1));
      await Promise.all(copies);
      this.reportInTurn(message, target, reports, turn + 1);
    });
  }

  private after(ms: number, what: () => Promise<void>): void {
    if (this.closing.signal.aborted) return;
    const timer = setTimeout(
      () => {
        this.timers.delete(timer);
        void what();
      },
      Math.max(0, ms),
    );
    this.timers.add(timer);
  }

  private async tell(message: Message, target: CallbackTarget, step: Step, attempt: number): Promise<void> {
    if (this.underWay >= UNDER_WAY_MAX) {
      this.note(message, step, attempt, 'lost: too many callbacks under way');
      return;
    }
    this.underWay += 1;
    const outcome = await this.post(message, target, step);
    this.underWay -= 1;
    if (this.closing.signal.aborted) return;
    this.note(message, step, attempt, outcome);
    const reason = reasonOf(outcome);
    if (reason !== null && target.retryOn.has(reason) && attempt <= target.retries) {
      this.after(this.options.stepMs, () => this.tell(message, target, step, attempt + 1));
    }
  }

  private async post(message: Message, target: CallbackTarget, step: Step): Promise<number | string> {
    const { account } = this.options;
    const params = parametersOf(message, step, account.accountSid);
    const token =
      message.script.callbacks === 'wrong-signature' ? `not ${account.authToken}` : account.authToken;
    const { origin, pathname, search } = new URL(target.url);
    try {
      const { statusCode, body } = await this.agent.request({
        origin,
        path: pathname + search,
        method: 'POST',
        headers: {
          'content-type': 'application/x-www-form-urlencoded; charset=UTF-8',
          'user-agent': 'TwilioProxy/1.1',
          'x-twilio-signature': signatureOf(token, target.url, params),
          'i-twilio-idempotency-token': idempotencyToken(message.sid, step.status),
        },
        body: new URLSearchParams(params).toString(),
        headersTimeout: target.readTimeoutMs,
        bodyTimeout: target.readTimeoutMs,
        signal: AbortSignal.any([this.closing.signal, AbortSignal.timeout(target.totalTimeoutMs)]),
      });
      await body.dump();
      return statusCode;
    } catch (error) {
      return causeOf(error);
    }
  }

  private note(
    { sid, statusCallback }: Message,
    { status }: Step,
    attempt: number,
    outcome: number | string,
  ): void {
    const at = this.options.clock.now().getTime();
    this.options.record.push({ at, sid, url: statusCallback ?? '', status, attempt, outcome });
  }
}

function parametersOf(message: Message, step: Step, accountSid: string): Record<string, string> {
  const params: Record<string, string> = {
    AccountSid: accountSid,
    ApiVersion: API_VERSION,
    From: message.from,
    MessageSid: message.sid,
    MessageStatus: step.status,
    SmsSid: message.sid,
    SmsStatus: step.status,
    To: message.to,
  };
  if (message.messagingServiceSid !== undefined) params['MessagingServiceSid'] = message.messagingServiceSid;
  if (step.errorCode !== undefined) params['ErrorCode'] = String(step.errorCode);
  if (step.status === 'delivered' || step.status === 'undelivered') {
    params['RawDlrDoneDate'] = new Date(message.updatedAt).toISOString().replace(/[-T:]/g, '').slice(2, 12);
  }
  return params;
}

/** The same for every attempt at one report, so that the customer can tell a repetition. */
function idempotencyToken(sid: string, status: string): string {
  const hex = createHash('sha256').update(`${sid} ${status}`).digest('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20, 32)].join(
    '-',
  );
}

function reasonOf(outcome: number | string): RetryReason | null {
  if (typeof outcome === 'number') {
    if (outcome >= 200 && outcome < 300) return null;
    return outcome >= 500 ? '5xx' : '4xx';
  }
  return outcome === 'read timeout' ? 'rt' : 'ct';
}

function causeOf(error: unknown): string {
  const { name, code } = error as { name?: string; code?: string };
  if (error instanceof errors.HeadersTimeoutError || error instanceof errors.BodyTimeoutError)
    return 'read timeout';
  return name === 'TimeoutError' ? 'read timeout' : (code ?? name ?? 'failed');
}
