/** Waits until `look` finds something (not undefined, null or false); fails after the deadline with what it saw last. */
export async function until<T>(
  what: string,
  look: () => Promise<T> | T,
  timeoutMillis = 15_000,
): Promise<NonNullable<Exclude<T, false>>> {
  const deadline = performance.now() + timeoutMillis;
  let last: unknown;
  for (;;) {
    const seen = await look();
    if (seen !== undefined && seen !== null && seen !== false) return seen as NonNullable<Exclude<T, false>>;
    last = seen;
    if (performance.now() > deadline)
      throw new Error(`Waited ${timeoutMillis} ms in vain until ${what}; saw ${String(last)}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
