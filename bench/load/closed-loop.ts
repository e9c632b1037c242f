import { setTimeout as sleep } from 'node:timers/promises';
import type { Scenario } from '../scenarios/scenario.js';

export interface Measured {
  /** To the last durable effect. */
  perSecond: number;
  payments: number;
  seconds: number;
  refused: number;
}

const CALLERS = 200;
const LOOK_MILLIS = 10;

/** As much as goes: `inFlight` payments are under way at any time, up to their last effect. */
export async function closedLoop(scenario: Scenario, seconds: number, inFlight: number): Promise<Measured> {
  let underWay = await scenario.underWay();
  let beganSince = 0;
  let refused = 0;
  let open = true;
  const watching = (async () => {
    while (open) {
      const before = beganSince;
      underWay = await scenario.underWay();
      beganSince -= before;
      await sleep(LOOK_MILLIS);
    }
  })();
  const before = await scenario.done();
  const started = performance.now();
  const caller = async () => {
    while (performance.now() - started < seconds * 1_000) {
      if (underWay + beganSince >= inFlight) {
        await sleep(5);
        continue;
      }
      beganSince += 1;
      const sent = await scenario.send();
      if ('refused' in sent) refused += 1;
    }
  };
  try {
    await Promise.all(Array.from({ length: Math.min(inFlight, CALLERS) }, caller));
    const payments = (await scenario.done()) - before;
    const elapsed = (performance.now() - started) / 1_000;
    return { perSecond: payments / elapsed, payments, seconds: elapsed, refused };
  } finally {
    open = false;
    await watching;
  }
}
