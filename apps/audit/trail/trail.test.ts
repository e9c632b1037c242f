import { BillCreated } from '#contracts';
import { newId } from '#kernel';
import { startTestService, type TestService } from '#testing';
import { auditService } from '../index.js';

let audit: TestService;

beforeAll(async () => {
  audit = await startTestService(auditService);
});
afterAll(() => audit.stop());

const bill = () => {
  const billId = newId();
  return {
    billId,
    number: `B-${billId.slice(-6)}`,
    kind: 'bill' as const,
    customerId: newId(),
    amount: { amount: '50.00', currency: 'NGN' },
    dueDate: '2027-01-01',
  };
};

const publishBill = (payload = bill()) => audit.publish(BillCreated, payload.billId, payload);
const operator = () => audit.as(newId(), 'operator');

test('every event is kept once, although each was delivered twice, and the chain verifies', async () => {
  const events = await Promise.all(Array.from({ length: 50 }, () => publishBill()));
  const rows = await audit.database.rows('SELECT seq, event_id FROM audit.trail ORDER BY seq');
  expect(rows).toHaveLength(events.length);
  expect(new Set(rows.map((row) => row.event_id))).toEqual(new Set(events.map((event) => event.id)));
  const { body } = await operator().get('/api/audit/verify');
  expect(body).toEqual({ intact: true, rows: 50 });
});

test('an operator follows one request by its correlation id', async () => {
  const event = await publishBill();
  const { body } = await operator().get(`/api/audit?correlationId=${event.correlationid}`);
  expect(body.items).toHaveLength(1);
  expect(body.items[0].event).toEqual(event);
});

test('lists go on where the page before ended', async () => {
  await Promise.all(Array.from({ length: 5 }, () => publishBill()));
  const seen: string[] = [];
  let cursor = '';
  for (let page = 0; page < 3; page++) {
    const { body } = await operator().get(
      `/api/audit?limit=2&type=bill_created${cursor && `&cursor=${cursor}`}`,
    );
    seen.push(...body.items.map((item: { seq: string }) => item.seq));
    cursor = body.nextCursor;
  }
  expect(seen).toEqual([...seen].sort((a, b) => Number(b) - Number(a)));
  expect(new Set(seen).size).toBe(6);
});

test('customers may not read the trail', async () => {
  const { status, body } = await audit.as(newId()).get('/api/audit');
  expect([status, body.code]).toEqual([403, 'forbidden']);
});

test('a member with a wrong schema is dead alone; the events beside it are kept', async () => {
  const [good, bad] = [await publishBill(), { ...(await publishBill()), id: newId(), data: { billId: 5 } }];
  const other = { ...good, id: newId() };
  await audit.send(BillCreated.name, JSON.stringify([other, bad, { no: 'envelope' }]));
  const dead = await audit.asService('gateway').get('/internal/ops/dead-letters');
  expect(dead.body).toHaveLength(2);
  expect(dead.body.find((it: { id: string }) => it.id === bad.id).error).toContain('does not fit its schema');
  const kept = await audit.database.rows('SELECT 1 FROM audit.trail WHERE event_id = $1', [other.id]);
  expect(kept).toHaveLength(1);
});

test('the first row that was changed afterwards is named', async () => {
  await publishBill();
  const [row] = await audit.database.rows<{ seq: string; event_id: string }>(
    `UPDATE audit.trail SET envelope = replace(envelope, '50.00', '5.00') WHERE seq = 7 RETURNING seq, event_id`,
  );
  const { body } = await operator().get('/api/audit/verify');
  expect(body).toMatchObject({ intact: false, broken: { seq: row!.seq, eventId: row!.event_id } });
});
