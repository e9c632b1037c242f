import type { Wanted } from './keyword.rules.js';

/** In which `MOST` texts from one phone are looked at. */
const WINDOW_MILLIS = 3_600_000;
const MOST = 5;
/** Between two lines of help to one phone. */
const HELP_MILLIS = 24 * 3_600_000;

/** How often a phone was answered. */
export interface Answered {
  answers: number;
  since: Date;
  helpedAt: Date | null;
}

/** How it stands after one more answer, or undefined when there is none: every SMS costs money. */
export function nextAnswer(before: Answered, wanted: Wanted, now: Date): Answered | undefined {
  const passed = (since: Date, millis: number) => now.getTime() - since.getTime() >= millis;
  const { answers, since, helpedAt } = before;
  const isHelp = wanted.kind === 'help';
  if (wanted.kind === 'carrier') return undefined;
  if (isHelp && helpedAt && !passed(helpedAt, HELP_MILLIS)) return undefined;
  const counted = { helpedAt: isHelp ? now : helpedAt };
  if (passed(since, WINDOW_MILLIS)) return { ...counted, answers: 1, since: now };
  return answers < MOST ? { ...counted, answers: answers + 1, since } : undefined;
}
