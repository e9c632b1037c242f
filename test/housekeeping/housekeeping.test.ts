import { BillCreated, type Envelope, UserRegistered } from '#contracts';
import { FakeClock, newId } from '#kernel';
import { startTestService, type TestService, until } from '#testing';
import { auditService } from '#audit';
import { wrap } from '#messaging';

/** A year of a service that consumes everything: audit, with small partitions and a short memory. */
const DAY = 86_400_000;
const KEEP_DAYS = 10;
const AUDIT_KEEP_DAYS = 60;

let clock: FakeClock;
let audit: TestService;

beforeAll(async () => {
  clock = new FakeClock(Date.UTC(2027, 0, 1, 12));
  audit = await startTestService(auditService, {
    clock,
    environment: {
      EVENTS_KEEP_DAYS: String(KEEP_DAYS),
      AUDIT_KEEP_DAYS: String(AUDIT_KEEP_DAYS),
      AUDIT_PARTITION_ROWS: '50',
    },
  });
});
afterAll(() => audit.stop());

function billCreated(): Envelope {
  const billId = newId(clock.now().getTime());
  const amount = { amount: '5.00', currency: 'NGN' };
  const payload = {
    billId,
    number: 'B-1',
    kind: 'bill' as const,
    customerId: newId(),
    amount,
    dueDate: '2030-01-01',
  };
  return wrap(BillCreated, billId, payload, clock, { correlationId: newId() });
}

const send = (...events: unknown[]) => audit.send(BillCreated.name, JSON.stringify(events));
const housekeeping = () => audit.running.parts.housekeeping.runOnce();
const partitions = async (table: string) =>
  (
    await audit.database.rows<{ name: string }>(
      'SELECT inhrelid::regclass::text AS name FROM pg_inherits WHERE inhparent = $1::regclass ORDER BY 1',
      [`audit.${table}`],
    )
  ).map(({ name }) => name);
const state = async (id: string) =>
  (await audit.database.rows<{ state: string }>('SELECT state FROM audit.inbox WHERE event_id = $1', [id]))[0]
    ?.state;
const audited = async (id: string) =>
  (await audit.database.rows('SELECT 1 FROM audit.trail WHERE event_id = $1', [id])).length;
const verification = async () => (await audit.as(newId(), 'operator').get('/api/audit/verify')).body;

/** An event that this service has announced itself; audit has no events of its own, so the row is written by hand. */
async function unpublished(id: string): Promise<void> {
  await audit.database.rows(`INSERT INTO audit.outbox VALUES ($1, $2, '{}', $3, 'infinity', NULL)`, [
    id,
    UserRegistered.name,
    clock.now(),
  ]);
}

test('a year passes: partitions come and go, nothing open is lost, nothing is handled twice, the chain verifies', async () => {
  const firstDay = billCreated();
  const forgottenByTheBus = newId(clock.now().getTime());
  const poison = { ...billCreated(), data: { billId: 5 } };
  await unpublished(forgottenByTheBus);
  await send(firstDay, poison);
  expect(await state(poison.id)).toBe('dead');

  let most = 0;
  for (let day = 1; day <= 365; day++) {
    const yesterday = billCreated();
    await send(yesterday, billCreated());
    clock.advance(DAY);
    await housekeeping();
    await send(yesterday); // again, on the other side of midnight
    expect(await audited(yesterday.id)).toBe(1);
    most = Math.max(most, (await partitions('inbox')).length);
  }

  expect(most).toBeLessThanOrEqual(KEEP_DAYS + 7);
  expect(await state(firstDay.id)).toBeUndefined(); // handled long ago, and forgotten
  expect(await state(poison.id)).toBe('dead'); // an operator has not decided yet
  const [waiting] = await audit.database.rows('SELECT published_at FROM audit.outbox WHERE id = $1', [
    forgottenByTheBus,
  ]);
  expect(waiting).toEqual({ published_at: null }); // its day is kept, and shows
  expect(await partitions('outbox')).toContain('audit.outbox_d20270101');

  const { seq } = (
    await audit.database.rows<{ seq: string }>('SELECT max(seq) AS seq FROM audit.anchors')
  )[0]!;
  expect(Number(seq)).toBeGreaterThan(365);
  expect(Number(seq) % 50).toBe(0);
  expect(await verification()).toMatchObject({ intact: true });
  expect((await audit.database.rows('SELECT 1 FROM audit.trail')).length).toBeLessThan(300);
}, 120_000);

test('an event from before the memory begins is refused: it could be the second time', async () => {
  const ancient = billCreated();
  clock.advance((KEEP_DAYS + 1) * DAY);
  await housekeeping();
  await send(ancient);
  expect(await state(ancient.id)).toBe('dead');
  expect(await audited(ancient.id)).toBe(0);
});

test('events of days that no partition was made for are kept, and move when it is made', async () => {
  clock.advance(8 * DAY);
  const early = billCreated();
  await send(early);
  await until('it is handled', async () => (await state(early.id)) === 'done');
  await housekeeping();
  expect(await state(early.id)).toBe('done');
  expect(await audit.database.rows('SELECT 1 FROM audit.inbox_rest WHERE event_id = $1', [early.id])).toEqual(
    [],
  );
  await send(early);
  expect(await audited(early.id)).toBe(1);
});

test('a changed anchor is noticed', async () => {
  await audit.database.rows(`UPDATE audit.anchors SET hash = repeat('f', 64)`);
  expect(await verification()).toMatchObject({ intact: false });
});
