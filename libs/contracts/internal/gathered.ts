/**
 * Questions to another service that travel in one request. Each has its own context and its own answer, in the order of
 * the questions: what is refused or fails for one says nothing about the others.
 */
export interface Gathered<Q> {
  questions: Question<Q>[];
}

export interface Question<Q> {
  context: { correlationId: string; causationId?: string; traceparent?: string };
  asked: Q;
}

export interface GatheredAnswers<A> {
  answers: ({ value: A } | { problem: ProblemAnswer })[];
}

/** What an RFC 9457 answer says, as far as a service looks at it. */
export interface ProblemAnswer {
  code: string;
  detail?: string;
  errors?: { detail: string; pointer: string }[];
  links?: Record<string, string>;
  retryAfterSeconds?: number;
}

/** In one request, at most. */
export const MOST_QUESTIONS = 200;
