import { IsOptional, IsString } from 'class-validator';
import type { GatheredAnswers, ProblemAnswer, Question } from '#contracts';
import type { Result } from '#kernel';
import type { WorkContext } from '#persistence';
import type { Log } from './log.js';
import { problemOf } from './problem.filter.js';

/** The context of one question among several. */
export class QuestionContext implements WorkContext {
  @IsString()
  correlationId!: string;

  @IsOptional()
  @IsString()
  causationId?: string;

  @IsOptional()
  @IsString()
  traceparent?: string;
}

/** Shorter than the caller waits: a question that is held up (by a locked row, say) does not take the others with it. */
const LONGEST_MILLIS = 3_000;

/**
 * Answers questions that came in one request, each on its own and all side by side, so that they share transactions. One
 * that takes too long is answered `unavailable`, and goes on: its outcome is then unknown to who asked.
 */
export async function answerEach<Q, A>(
  questions: Question<Q>[],
  log: Log,
  answer: (context: WorkContext, asked: Q, index: number) => Promise<Result<A>>,
): Promise<GatheredAnswers<A>> {
  const one = async (
    { context, asked }: Question<Q>,
    index: number,
  ): Promise<GatheredAnswers<A>['answers'][number]> => {
    try {
      const result = await answer(context, asked, index);
      if (result.ok) return { value: result.value };
      throw result.problem;
    } catch (error) {
      const { code, status, detail, errors, extra } = problemOf(error);
      if (status >= 500) log.error({ err: error, correlationId: context.correlationId }, code);
      const { links, retryAfterSeconds } = extra;
      return { problem: { code, detail, errors, links, retryAfterSeconds } };
    }
  };
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<{ problem: ProblemAnswer }>((resolve) => {
    const problem = { code: 'unavailable', retryAfterSeconds: 1 };
    timer = setTimeout(() => resolve({ problem }), LONGEST_MILLIS);
  });
  const answers = await Promise.all(questions.map((question, i) => Promise.race([one(question, i), late])));
  clearTimeout(timer);
  return { answers };
}
