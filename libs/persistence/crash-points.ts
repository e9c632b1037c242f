/**
 * The moments at which a process may die so that something could get lost, or happen twice. Named, so that tests
 * can have a process die just there; what must hold afterwards is in libs/invariants.
 */
export const CRASH_POINTS = [
  /** A batch of works was taken, and nothing is open yet. */
  'before-transaction',
  /** All is written, and not committed. */
  'before-commit',
  /** An event is committed; the relay has not handed it to the bus. */
  'after-commit-before-publish',
  /** The bus may have an event, and has not confirmed it. */
  'after-publish-before-confirm',
  /** The bus has confirmed an event; the outbox does not know. */
  'after-confirm-before-mark',
  /** A delivery is handled and committed; the bus will deliver it again. */
  'after-commit-before-ack',
  /** The outside has answered a call; its outcome is not written down. */
  'after-effect-before-record',
  /** A request that may have changed something is carried out; its caller hears nothing. */
  'before-http-answer',
] as const;
export type CrashPoint = (typeof CRASH_POINTS)[number];

let armed: { point: CrashPoint; visitsLeft: number } | undefined;

/** What is wrong with an order such as `before-commit:3` (die at the third visit); undefined when nothing is. */
export function crashOrderFault(order: string): string | undefined {
  return readOrder(order) ? undefined : `must be one of ${CRASH_POINTS.join(', ')}, with :<visit> or without`;
}

/** Has this process die at a crash point. An empty order disarms. */
export function armCrashPoint(order: string): void {
  armed = readOrder(order);
}

/** Dies here by SIGKILL when this process is armed for it; costs one comparison otherwise. */
export function crashPoint(point: CrashPoint): void {
  if (armed !== undefined) visit(point);
}

/** As `crashPoint`, after what this turn of the event loop has written was handed to the sockets. */
export function crashPointAfterWriting(point: CrashPoint): void {
  if (armed !== undefined) setImmediate(() => setImmediate(() => visit(point)));
}

function visit(point: CrashPoint): void {
  if (armed?.point !== point) return;
  armed.visitsLeft -= 1;
  if (armed.visitsLeft === 0) process.kill(process.pid, 'SIGKILL');
}

function readOrder(order: string): typeof armed {
  const [, name, nth = '1'] = /^([a-z-]+)(?::([1-9]\d{0,5}))?$/.exec(order) ?? [];
  const point = CRASH_POINTS.find((it) => it === name);
  return point && { point, visitsLeft: Number(nth) };
}
