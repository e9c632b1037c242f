import { createHash } from 'node:crypto';
import { isId } from '#kernel';
import { resultOf, type Snapshot } from './snapshot.js';
import type { InvariantResult } from './invariant.js';

interface LogPage {
  total: number;
  missed: number;
  next: number;
  more: boolean;
  items: { sid: string; to: string; body: string; statusCallback?: string }[];
}

const PAGE = 10_000;
const PAGE_TIMEOUT_MILLIS = 30_000;
/** The number of a bill, payment, receipt or message: two texts to one phone with the same one are one text twice. */
const NUMBER = /\b[BPRM]-[0-9A-HJKMNP-TV-Z]{12}\b/;

/** What the SMS simulator has accepted, in its own words. Keeps ids and hashes only. */
export class SmsLog {
  accepted = 0;
  readonly violations: string[] = [];
  /** The sid of each message of ours that was accepted, by the message's id. */
  private readonly sidOf = new Map<string, string>();
  private readonly sidOfText = new Map<string, string>();

  private constructor() {}

  /**
   * Reads the whole log. It is read before the database is looked at: a message is stored before it is sent,
   * so whatever is in the log must then be in the database.
   */
  static async read(simulatorUrl: string): Promise<SmsLog> {
    const log = new SmsLog();
    for (let after = 0, more = true; more;) {
      const page = await pageAfter(simulatorUrl, after);
      if (page.missed > 0)
        log.violations.push(
          `${page.missed} messages had left the simulator's log before they could be checked`,
        );
      for (const item of page.items) log.add(item);
      ({ next: after, more } = page);
    }
    return log;
  }

  private add({ sid, to, body, statusCallback }: LogPage['items'][number]): void {
    this.accepted += 1;
    const messageId = statusCallback && new URL(statusCallback).searchParams.get('m');
    if (messageId) {
      const earlier = this.sidOf.get(messageId);
      if (earlier)
        return void this.violations.push(`message ${messageId} was sent as ${earlier} and as ${sid}`);
      this.sidOf.set(messageId, sid);
    }
    if (!NUMBER.test(body)) return;
    const text = createHash('sha256').update(to).update('\n').update(body).digest('base64');
    const earlier = this.sidOfText.get(text);
    if (earlier) this.violations.push(`the SMS ${earlier} and ${sid} are one text to one phone`);
    else this.sidOfText.set(text, sid);
  }

  /** Adds to I7 what the log says: sent twice, or sent without a message that was decided. */
  async addTo(own: InvariantResult, snapshot: Snapshot): Promise<InvariantResult> {
    const ids = [...this.sidOf.keys()];
    const stray = ids.filter((id) => !isId(id));
    const unknown = await snapshot.rows<{ id: string }>(
      `SELECT id FROM unnest($1::uuid[]) AS sent (id)
       WHERE NOT EXISTS (SELECT FROM notification.messages m WHERE m.id = sent.id)`,
      [ids.filter(isId)],
    );
    const violations = [
      ...own.violations,
      ...this.violations,
      ...[...stray, ...unknown.map(({ id }) => id)].map(
        (id) => `SMS ${this.sidOf.get(id)} was sent for a message that does not exist`,
      ),
    ];
    const found = (own.counted.violations ?? 0) + violations.length - own.violations.length;
    return resultOf(own.id, own.says, violations, {
      ...own.counted,
      accepted: this.accepted,
      violations: found,
    });
  }
}

async function pageAfter(simulatorUrl: string, after: number): Promise<LogPage> {
  const url = new URL(`/twilio/log/messages?after=${after}&limit=${PAGE}`, simulatorUrl);
  const answer = await fetch(url, { signal: AbortSignal.timeout(PAGE_TIMEOUT_MILLIS) });
  if (!answer.ok) throw new Error(`the log of the simulator answered ${answer.status}`);
  return (await answer.json()) as LogPage;
}
