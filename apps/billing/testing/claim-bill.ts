import type { ClaimBill } from '#contracts';
import { newId, type ProblemCode, PROBLEMS } from '#kernel';
import type { Json } from '#testing';

interface Answered {
  status: number;
  body: Json;
}

interface Api {
  post(path: string, body?: unknown): Promise<Answered>;
}

/** Claims that travel in one request; the answers as if each had been asked alone. */
export async function claimTogether(payment: Api, claims: ClaimBill[]): Promise<Answered[]> {
  const questions = claims.map((asked) => ({ context: { correlationId: newId() }, asked }));
  const { status, body } = await payment.post('/internal/claims', { questions });
  if (status !== 200) return claims.map(() => ({ status, body }));
  return body.answers.map(({ value, problem }: Json) =>
    problem
      ? { status: PROBLEMS[problem.code as ProblemCode].status, body: problem }
      : { status: 200, body: value },
  );
}

/** The payment service claims one bill. */
export async function claimBill(payment: Api, claim: ClaimBill): Promise<Answered> {
  const [answer] = await claimTogether(payment, [claim]);
  return answer!;
}
