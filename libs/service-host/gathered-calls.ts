import {
  type GatheredAnswers,
  type Gathered,
  MOST_QUESTIONS,
  type Question,
  type ServiceName,
} from '#contracts';
import { newId, ok, refuse, type Result } from '#kernel';
import type { WorkContext } from '#persistence';
import { type InternalClient, problemFrom } from './internal-client.js';

interface Waiting<Q, A> extends Question<Q> {
  resolve: (answer: Result<A>) => void;
}

/**
 * Questions to another service, of which those that come up in one turn travel in one request: a hop costs several times
 * what the answer does. A lone question leaves at once.
 */
export class GatheredCalls<Q, A> {
  private waiting: Waiting<Q, A>[] = [];

  constructor(
    private readonly client: InternalClient,
    private readonly to: ServiceName,
    private readonly path: string,
  ) {}

  /** As `InternalClient.call`: when the request fails, each of its questions is `unavailable`. */
  ask({ correlationId, causationId, traceparent }: WorkContext, asked: Q): Promise<Result<A>> {
    return new Promise((resolve) => {
      if (this.waiting.length === 0) setImmediate(() => this.sendAll());
      this.waiting.push({ context: { correlationId, causationId, traceparent }, asked, resolve });
    });
  }

  private sendAll(): void {
    const all = this.waiting;
    this.waiting = [];
    for (let i = 0; i < all.length; i += MOST_QUESTIONS) void this.send(all.slice(i, i + MOST_QUESTIONS));
  }

  private async send(together: Waiting<Q, A>[]): Promise<void> {
    const body: Gathered<Q> = { questions: together.map(({ context, asked }) => ({ context, asked })) };
    // A question alone keeps its context; what several share is none of theirs.
    const context = together.length === 1 ? together[0]!.context : { correlationId: newId() };
    const answer = await this.client.call<GatheredAnswers<A>>(this.to, 'POST', this.path, context, body);
    together.forEach(({ resolve }, i) => {
      if (!answer.ok) return resolve(answer);
      const own = answer.value.answers[i];
      if (own && 'value' in own) return resolve(ok(own.value));
      resolve(refuse(problemFrom(this.to, own?.problem)));
    });
  }
}
