import { checkInvariants, INVARIANT_IDS, type InvariantReport, untilSettled } from '#invariants';
import { newId } from '#kernel';
import { startOneProcess, type SystemUnderTest } from '../e2e/system.js';
import { PLANTED } from './planted-violations.js';
import { aBusyMinute, broken, Copy, seedMeters, violations } from './world.js';

let world: SystemUnderTest;
const whileBusy: InvariantReport[] = [];
let settled: InvariantReport;

/** A real system works for a while on deliveries that all come twice; then it is stopped, and copies are spoiled. */
beforeAll(async () => {
  world = await startOneProcess();
  await seedMeters(world);
  const databaseUrl = world.plan.databaseUrl;
  let busy = true;
  const minute = aBusyMinute(world).finally(() => (busy = false));
  while (busy) whileBusy.push(await checkInvariants({ databaseUrl }));
  await minute;
  await untilSettled(databaseUrl);
  settled = await checkInvariants({ databaseUrl, simulatorUrl: world.simulatorUrl, settled: true });
  await world.system!.close();
}, 90_000);
afterAll(() => world.database.drop());

async function onACopy(look: (copy: Copy) => Promise<void>): Promise<void> {
  const copy = await Copy.of(world.plan.databaseUrl);
  try {
    await look(copy);
  } finally {
    await copy.drop();
  }
}

test('a system that works right is in order at every moment, and when it has settled', () => {
  expect(whileBusy.length).toBeGreaterThan(2);
  expect(whileBusy.flatMap(violations)).toEqual([]);
  expect(violations(settled)).toEqual([]);
  expect(settled).toMatchObject({ ok: true, settled: true });
  expect(settled.results.map(({ id }) => id)).toEqual(INVARIANT_IDS);
});

test('the report tells how much was looked at, so that nobody takes an empty database for a proof', () => {
  const counted = Object.fromEntries(settled.results.map((it) => [it.id, it.counted]));
  expect(counted).toMatchObject({
    I1: { transfers: 18, wallets: 4, violations: 0 },
    I4: { paid: 15, failed: 1, unfinished: 0 },
    I5: { vends: 4, issued: 4, conflicts: 0 },
    I11: { vouchers: 4, redeemed: 2, redeeming: 0 },
    I6: { unpublished: 0, retry: 0, dead: 0 },
  });
  expect(counted.I8!.events).toBe(counted.I6!.events);
  expect(counted.I7!.accepted).toBe(counted.I7!.messages);
});

describe('it finds', () => {
  test.each(PLANTED)('$breaks: $what', ({ breaks, when, sql }) =>
    onACopy(async (copy) => {
      await copy.spoil(sql);
      const running = await copy.check(false);
      expect({ running: broken(running), says: violations(running) }).toMatchObject({
        running: when === 'settled' ? [] : [breaks],
      });
      if (when === 'running') return;
      const report = await copy.check(true);
      expect({ settled: broken(report), says: violations(report) }).toMatchObject({ settled: [breaks] });
    }),
  );
});

test('an end that is on its way to wallet and billing is no violation yet', () =>
  onACopy(async (copy) => {
    const ended = `(SELECT id FROM payment.payments WHERE purpose = 'top_up' ORDER BY amount LIMIT 1)`; // it is not spent
    await copy.spoil(`
      UPDATE wallet.holds SET state = 'held', closed_at = NULL WHERE id = ${ended};
      UPDATE wallet.accounts a SET held = h.amount FROM wallet.holds h WHERE h.id = ${ended} AND a.owner_id = h.wallet_id;
      UPDATE billing.bills SET status = 'unpaid', claimed_by = payment_id, claimed_at = paid_at, payment_id = NULL,
                               paid_at = NULL WHERE status = 'paid';
      DELETE FROM billing.inbox;
      UPDATE wallet.inbox SET state = 'retry' WHERE type = 'wattline.payment_completed.v1'`);
    expect(violations(await copy.check(false))).toEqual([]);
    expect(broken(await copy.check(true))).toEqual(['I2', 'I4', 'I6']);
    await copy.spoil(`UPDATE wallet.inbox SET state = 'dead' WHERE state = 'retry'`);
    expect(broken(await copy.check(false))).toEqual(['I2']);
  }));

test('a message that is none of ours is kept as dead, and breaks nothing', () =>
  onACopy(async (copy) => {
    await copy.spoil(`INSERT INTO wallet.inbox (event_id, type, received_at, state, attempts, envelope)
                      VALUES (gen_random_uuid(), 'unreadable', now(), 'dead', 1, 'no JSON')`);
    expect(violations(await copy.check(true))).toEqual([]);
  }));

test('of many violations the first twenty are shown, and all are counted', () =>
  onACopy(async (copy) => {
    await copy.spoil('DELETE FROM audit.inbox');
    const report = await copy.check(false);
    const trail = report.results.find(({ id }) => id === 'I8')!;
    expect(trail.violations).toHaveLength(20);
    expect(trail.counted.violations).toBe(trail.counted.events);
  }));

test('a report names ids: no phone, no sealed contact, no text of an SMS', () =>
  onACopy(async (copy) => {
    const sql = PLANTED.filter(({ when }) => when === 'always').map((it) => it.sql);
    for (const one of sql) await copy.spoil(one).catch(() => undefined); // one may undo what another needs
    const report = await copy.check(true);
    expect(broken(report)).toEqual(INVARIANT_IDS);
    const contacts = await copy.rows<{ phone: string; name: string }>(
      'SELECT phone, name FROM gateway.users',
    );
    const text = JSON.stringify(report);
    for (const { phone, name } of contacts) {
      expect(text).not.toContain(phone.slice(1));
      expect(text).not.toContain(name);
    }
  }));

describe('untilSettled', () => {
  test('returns at once when nothing is under way, dead letters or not', () =>
    onACopy(async (copy) => {
      await untilSettled(copy.url, 1_000);
      await copy.spoil(`UPDATE notification.inbox SET state = 'dead'`);
      await untilSettled(copy.url, 1_000);
    }));

  test('waits for the last thing that is under way', () =>
    onACopy(async (copy) => {
      await copy.spoil(`UPDATE wallet.outbox SET published_at = NULL`);
      let done = false;
      const waiting = untilSettled(copy.url).then(() => (done = true));
      await expect(untilSettled(copy.url, 100)).rejects.toThrow('unpublished event(s) of wallet');
      expect(done).toBe(false);
      await copy.spoil(`UPDATE wallet.outbox SET published_at = now()`);
      await waiting;
    }));

  test.each([
    [
      '1 event(s) to be tried again by payment',
      `UPDATE payment.inbox SET state = 'retry' WHERE event_id = (SELECT max(event_id::text)::uuid FROM payment.inbox)`,
    ],
    [
      '1 outside call(s) of notification',
      `UPDATE notification.effects SET state = 'unknown' WHERE reference = (SELECT max(reference::text)::uuid FROM notification.effects)`,
    ],
    [
      '1 unfinished payment(s)',
      `UPDATE payment.payments SET status = 'PROCESSING' WHERE id = (SELECT max(id::text)::uuid FROM payment.payments WHERE status = 'PAID')`,
    ],
    [
      '1 promised bill(s)',
      `UPDATE billing.bills SET claimed_by = id, claimed_at = now() WHERE id = (SELECT max(id::text)::uuid FROM billing.bills WHERE status = 'unpaid')`,
    ],
    [
      '1 event(s) on the way to billing',
      `DELETE FROM billing.inbox WHERE event_id = (SELECT max(event_id::text)::uuid FROM billing.inbox)`,
    ],
  ])('says what is left: %s', (left, sql) =>
    onACopy(async (copy) => {
      await copy.spoil(sql);
      await expect(untilSettled(copy.url, 50)).rejects.toThrow(left);
    }),
  );

  test('waits for a database that is away', async () => {
    const nowhere = `postgres://nobody@127.0.0.1:1/${newId()}`;
    await expect(untilSettled(nowhere, 50)).rejects.toThrow('database is away');
    await expect(checkInvariants({ databaseUrl: nowhere })).rejects.toThrow();
  });
});
