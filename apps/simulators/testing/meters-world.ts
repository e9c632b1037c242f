import { FakeClock } from '#kernel';
import { buildDecoderKey, type DecoderKey, DEMO_STS, issueCredit, type KeyFacts, tidAt } from '#tokens';
import { startSimulators, type Simulators } from '../index.js';

/** Meters of the demo: with its keys, and there as soon as they are asked for. */
export const METER = '04123456784';
export const OTHER_METER = '04123456792';

/** What the simulator says, as far as tests look into it: each answer has some of these. */
export interface Said {
  answer: string;
  kwh: string | null;
  creditKwh: string | null;
  totalKwh: string;
  usedKwh: string;
  at: string;
  relay: string;
  event: string;
  code: string;
  detail: string;
  display: { credit: string; message: string };
  clock: { at: string; speed: number };
  facts: Record<string, unknown>;
  menu: Record<string, string>;
  meterNumber: string;
  more: boolean;
  items: Said[];
}

interface Answer {
  status: number;
  body: Said;
}

/** Simulated meters whose clock the test moves, and somebody who makes tokens for them. */
export class MetersWorld {
  private lastTid = 0;

  private constructor(
    readonly clock: FakeClock,
    readonly simulators: Simulators,
  ) {}

  static async start(): Promise<MetersWorld> {
    const clock = new FakeClock(Date.parse('2026-03-02T12:00:00Z'));
    const twilio = { accountSid: `AC${'a'.repeat(32)}`, authToken: 'token' };
    return new MetersWorld(clock, await startSimulators({ port: 0, twilio, meters: { clock } }));
  }

  async get(path: string): Promise<Answer> {
    return read(await fetch(`${this.simulators.url}/meters${path}`));
  }

  async post(path: string, body: unknown): Promise<Answer> {
    const headers = { 'content-type': 'application/json' };
    const text = typeof body === 'string' ? body : JSON.stringify(body);
    return read(await fetch(`${this.simulators.url}/meters${path}`, { method: 'POST', headers, body: text }));
  }

  /** Types a token; gives the meter's answer. */
  async key(token: string, number = METER): Promise<Said> {
    return (await this.post(`/${number}/keys`, { token })).body;
  }

  async state(number = METER): Promise<Said> {
    return (await this.get(`/${number}`)).body;
  }

  /** A token for so many tenths of a kWh, each with a later identifier. */
  credit(tenths: bigint, facts: KeyFacts = factsOf(METER), tid = this.nextTid()): string {
    const issued = issueCredit(decoderOf(facts), { tenths, tid, rnd: 5 });
    if (!issued.ok) throw new Error(issued.reason);
    return issued.value.token;
  }

  nextTid(): number {
    const now = tidAt(this.clock.now(), DEMO_STS.baseDate);
    if (!now.ok) throw new Error(now.reason);
    this.lastTid = Math.max(this.lastTid + 1, now.value);
    return this.lastTid;
  }
}

export const factsOf = (drn: string): KeyFacts => ({ ...DEMO_STS, drn });

export function decoderOf(facts: KeyFacts): DecoderKey {
  const key = buildDecoderKey(facts);
  if (!key.ok) throw new Error(key.reason);
  return key.value;
}

async function read(answer: Response): Promise<Answer> {
  const text = await answer.text();
  return { status: answer.status, body: JSON.parse(text) as Said };
}
