const DEADLINE_MS = 10_000;
const PAUSE_MS = 10;

/** Asks again and again until the answer is something, and gives up loudly. */
export async function until<T>(what: string, ask: () => T | Promise<T>): Promise<NonNullable<T>> {
  const deadline = performance.now() + DEADLINE_MS;
  while (performance.now() < deadline) {
    const answer = await ask();
    if (answer !== undefined && answer !== null && answer !== false) return answer;
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
  }
  throw new Error(`waited ${DEADLINE_MS} ms in vain until ${what}`);
}
