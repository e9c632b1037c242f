import { ledgerAddsUp } from './i1-ledger.js';
import { holdsAreCovered } from './i2-holds.js';
import { oneRequestOnePayment } from './i3-requests.js';
import { moneyTakenIsDelivered } from './i4-payments.js';
import { oneVendPerPayment } from './i5-vends.js';
import { eachEventOnce } from './i6-deliveries.js';
import { oneMessagePerEvent } from './i7-messages.js';
import { eachEventAudited } from './i8-audit-trail.js';
import { endsAreFinal } from './i9-terminal-states.js';
import { vouchersAreCovered } from './i11-vouchers.js';
import type { Invariant, InvariantResult } from './invariant.js';
import { SmsLog } from './sms-log.js';
import { Snapshot } from './snapshot.js';

export interface CheckOptions {
  /** A login that may act as the inspector: the one that the services have. */
  databaseUrl: string;
  /** The SMS simulator, whose own log is then read too; it must not have served another database. */
  simulatorUrl?: string;
  /** Nothing is under way (`untilSettled`), so that whatever is not finished is a violation. False unless told. */
  settled?: boolean;
}

export interface InvariantReport {
  /** All of them hold. */
  ok: boolean;
  /** The one moment at which everything was looked at, ISO 8601, by the database's clock. */
  checkedAt: string;
  settled: boolean;
  tookMillis: number;
  results: InvariantResult[];
}

const INVARIANTS: readonly Invariant[] = [
  ledgerAddsUp,
  holdsAreCovered,
  oneRequestOnePayment,
  moneyTakenIsDelivered,
  oneVendPerPayment,
  eachEventOnce,
  oneMessagePerEvent,
  eachEventAudited,
  endsAreFinal,
  vouchersAreCovered,
];

/**
 * Checks what must hold always: I1 to I9, and I11. It reads the six schemas at one moment, under the role
 * that may read all and change nothing, and can be run beside a working system at any time.
 *
 * I10 (the rate after a fault) is a measurement, and the hash walk of I8 is audit's `GET /api/audit/verify`.
 *
 * Rejects when the database or the simulator cannot be read: then nothing is known.
 */
export async function checkInvariants(options: CheckOptions): Promise<InvariantReport> {
  const { databaseUrl, simulatorUrl, settled = false } = options;
  const started = performance.now();
  const sent = simulatorUrl === undefined ? undefined : await SmsLog.read(simulatorUrl);
  return Snapshot.take(databaseUrl, async (snapshot) => {
    const results: InvariantResult[] = [];
    for (const invariant of INVARIANTS) {
      const result = await snapshot.check(invariant, settled);
      results.push(invariant === oneMessagePerEvent && sent ? await sent.addTo(result, snapshot) : result);
    }
    return {
      ok: results.every(({ holds }) => holds),
      checkedAt: snapshot.at.toISOString(),
      settled,
      tookMillis: Math.round(performance.now() - started),
      results,
    };
  });
}
