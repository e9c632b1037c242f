import type { Vend } from './vend.entity.js';

/** Between two SMS with the same tokens. */
const PAUSE_MILLIS = 60_000;
/** In which `MOST` of them are sent. */
const WINDOW_MILLIS = 24 * 3_600_000;
const MOST = 5;

type Resends = Pick<Vend, 'resends' | 'resendsSince' | 'resentAt'>;

/** How the vend is after one more SMS, or after how many seconds there may be one. */
export function nextResend({ resends, resendsSince, resentAt }: Resends, now: Date): Resends | number {
  const inWindow = resendsSince !== null && now.getTime() - resendsSince.getTime() < WINDOW_MILLIS;
  const pause = resentAt ? resentAt.getTime() + PAUSE_MILLIS - now.getTime() : 0;
  if (pause > 0) return Math.ceil(pause / 1000);
  if (!inWindow) return { resends: 1, resendsSince: now, resentAt: now };
  if (resends >= MOST) return Math.ceil((resendsSince.getTime() + WINDOW_MILLIS - now.getTime()) / 1000);
  return { resends: resends + 1, resendsSince, resentAt: now };
}
