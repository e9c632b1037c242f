import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Clock } from '#kernel';
import { runPrepared } from '#persistence';

const TRUSTED_MILLIS = 2_000;
const REMEMBERED = 50_000;

interface Question {
  answer: Promise<boolean>;
  resolve: (live: boolean) => void;
  reject: (error: unknown) => void;
}

/**
 * Whether a session is still alive, asked with every request. A yes is remembered for two seconds, and sessions
 * that are asked for in one turn of the event loop are looked up together.
 *
 * In this process an ended session is forgotten at once (`forget`), so its tokens are dead with the answer to the
 * logout. Other gateway processes on the same database notice it when their own memory of it is over: up to two
 * seconds later, and never more.
 */
@Injectable()
export class LiveSessions {
  /** Session id → until when (Unix milliseconds) the last look is trusted. */
  private readonly trusted = new Map<string, number>();
  /** Sent to the database, and not answered yet. */
  private readonly asked = new Map<string, Question>();
  /** For the next look; whoever joins in here gets an answer that is newer than the question. */
  private next = new Map<string, Question>();
  private readonly listeners: ((sessionId: string) => void)[] = [];

  constructor(
    private readonly dataSource: DataSource,
    private readonly clock: Clock,
  ) {}

  isLive(sessionId: string): boolean | Promise<boolean> {
    const until = this.trusted.get(sessionId);
    if (until !== undefined && until > this.clock.now().getTime()) return true;
    const question = this.asked.get(sessionId) ?? this.next.get(sessionId) ?? this.ask(sessionId);
    return question.answer;
  }

  /** The session has ended: what was found out about it, or is being found out, no longer counts. */
  forget(sessionId: string): void {
    this.trusted.delete(sessionId);
    this.asked.delete(sessionId);
    for (const listener of this.listeners) listener(sessionId);
  }

  /** Told of every session that ends in this process. */
  onEnded(listener: (sessionId: string) => void): void {
    this.listeners.push(listener);
  }

  private ask(sessionId: string): Question {
    if (this.next.size === 0) setImmediate(() => void this.answerAll());
    const question = {} as Question;
    question.answer = new Promise((resolve, reject) => Object.assign(question, { resolve, reject }));
    this.next.set(sessionId, question);
    return question;
  }

  private async answerAll(): Promise<void> {
    const questions = this.next;
    this.next = new Map();
    for (const [id, question] of questions) this.asked.set(id, question);
    const now = this.clock.now();
    try {
      const rows = await runPrepared<{ id: string }>(
        this.dataSource,
        'SELECT id FROM sessions WHERE id = ANY($1::uuid[]) AND revoked_at IS NULL AND expires_at > $2',
        [[...questions.keys()], now],
      );
      const live = new Set(rows.map(({ id }) => id));
      for (const [id, question] of questions) {
        const forgotten = !this.settle(id, question);
        if (live.has(id) && !forgotten) this.trust(id, now.getTime() + TRUSTED_MILLIS);
        question.resolve(live.has(id));
      }
    } catch (error) {
      for (const [id, question] of questions) {
        this.settle(id, question);
        question.reject(error);
      }
    }
  }

  /** False when the session was forgotten while this question was under way. */
  private settle(sessionId: string, question: Question): boolean {
    return this.asked.get(sessionId) === question && this.asked.delete(sessionId);
  }

  private trust(sessionId: string, until: number): void {
    this.trusted.delete(sessionId); // so that the longest untouched one stands first
    if (this.trusted.size >= REMEMBERED) this.trusted.delete(this.trusted.keys().next().value!);
    this.trusted.set(sessionId, until);
  }
}
