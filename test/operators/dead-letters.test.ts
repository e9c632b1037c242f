import { newId } from '#kernel';
import { type Json, until } from '#testing';
import { Person } from '../e2e/person.js';
import { type OperatedSystem, startOperatedSystem, trailOf } from './world.js';

let it: OperatedSystem;
let person: Person;
beforeAll(async () => {
  it = await startOperatedSystem();
  person = await Person.register(it.world);
}, 60_000);
afterAll(() => it.world.stop(), 60_000);

/** A payment of a bill that billing refuses for good, as a bug would announce it; everybody else is left out. */
async function aDeadLetter(): Promise<{ id: string; bill: Json }> {
  const bill = await person.createBill('50.00');
  await it.world.database.rows(`UPDATE billing.bills SET amount = 1 WHERE id = $1`, [bill.id]);
  const id = newId();
  const data = {
    paymentId: newId(),
    reference: 'P-1',
    purpose: 'bill',
    method: 'wallet',
    payerId: person.id,
    billId: bill.id,
    amount: { amount: '50.00', currency: 'NGN' },
    title: `Bill for ${person.phone}`,
    receiptNumber: 'R-1',
    completedAt: '2026-11-21T08:00:00.000Z',
  };
  const envelope = { id, specversion: '1.0', type: 'wattline.payment_completed.v1', subject: data.paymentId };
  const rest = { source: '/services/payment', time: data.completedAt, correlationid: newId(), data };
  await it.world.database.rows(
    `INSERT INTO billing.inbox (event_id, type, received_at, state, attempts, error, envelope, history)
     VALUES ($1, $2, now(), 'dead', 1, 'PermanentError: another amount', $3, '[]')`,
    [id, envelope.type, JSON.stringify({ ...envelope, ...rest })],
  );
  return { id, bill };
}

const repair = (bill: Json) =>
  it.world.database.rows(`UPDATE billing.bills SET amount = 5000 WHERE id = $1`, [bill.id]);
const statusOf = async (bill: Json) => (await person.api.get(`/api/bills/${bill.id}`)).body.status as string;
const shown = async (id: string): Promise<Json> =>
  (await it.ngozi.api.get('/api/ops/dead-letters')).body.items.find((letter: Json) => letter.id === id);

test('two operators press retry at once: it takes effect once, and the trail tells who decided', async () => {
  const { id, bill } = await aDeadLetter();
  expect(JSON.stringify((await shown(id)).payload)).not.toContain(person.phone);
  await repair(bill);
  const presses = [it.ngozi, it.emeka, it.ngozi, it.emeka].map(({ api }) =>
    api.post(`/api/ops/dead-letters/${id}/retry`),
  );
  const answers = await Promise.all(presses);
  expect(answers.map(({ status }) => status)).toEqual([202, 202, 202, 202]);
  expect(new Set(answers.map(({ body }) => body.decisions[0].decisionId)).size).toBe(1);
  await until('the bill is paid', async () => (await statusOf(bill)) === 'paid');
  await until('it is in the trail', async () => (await trailOf(it.ngozi, id)).length === 1);
  expect(await trailOf(it.ngozi, id)).toEqual(['dead_letter_retried']);
  expect((await it.emeka.api.post(`/api/ops/dead-letters/${id}/retry`)).body.code).toBe('conflict');
});

test('a letter that dies again can be decided about again; /retry is the short name', async () => {
  const { id, bill } = await aDeadLetter();
  expect((await it.ngozi.api.post(`/retry/${id}`)).status).toBe(202);
  await until('it died again', async () => (await shown(id))?.attempts === 2);
  expect((await shown(id)).history).toMatchObject([{ what: 'retried', by: it.ngozi.id }, { what: 'failed' }]);
  await repair(bill);
  expect((await it.emeka.api.post(`/retry/${id}`)).body.decisions[0]).toMatchObject({
    service: 'billing',
    decidedBy: it.emeka.id,
  });
  await until('the bill is paid', async () => (await statusOf(bill)) === 'paid');
});

test('discarded, it has no effect; the trail tells who and why', async () => {
  const { id, bill } = await aDeadLetter();
  const discard = (reason?: string) => it.ngozi.api.post(`/api/ops/dead-letters/${id}/discard`, { reason });
  expect((await discard()).status).toBe(400);
  expect((await discard('  x ')).status).toBe(400);
  expect((await discard('it was never paid')).status).toBe(202);
  await until('it is gone', async () => (await shown(id)) === undefined);
  expect(await statusOf(bill)).toBe('unpaid');
  const [row] = await it.world.database.rows<{ history: Json }>(
    'SELECT history FROM billing.inbox WHERE event_id = $1',
    [id],
  );
  expect(row?.history).toMatchObject([{ what: 'discarded', by: it.ngozi.id, reason: 'it was never paid' }]);
  await until('it is in the trail', async () =>
    (await trailOf(it.ngozi, id)).includes('dead_letter_discarded'),
  );
});

test('of a retry and a discard at once, one counts and the other is a conflict', async () => {
  const { id, bill } = await aDeadLetter();
  await repair(bill);
  const [retry, discard] = await Promise.all([
    it.ngozi.api.post(`/api/ops/dead-letters/${id}/retry`),
    it.emeka.api.post(`/api/ops/dead-letters/${id}/discard`, { reason: 'not ours', service: 'billing' }),
  ]);
  expect([retry.status, discard.status].sort()).toEqual([202, 409]);
});

test('a decision reaches a service that did not answer the first time', async () => {
  const { id, bill } = await aDeadLetter();
  await repair(bill);
  // Whoever wants the row has to wait longer than a statement may: the service answers that it is busy.
  await it.world.database.rows(`
    CREATE FUNCTION billing.busy() RETURNS trigger LANGUAGE plpgsql AS
      $$ BEGIN RAISE EXCEPTION 'away' USING ERRCODE = '57P03'; END $$;
    CREATE TRIGGER busy BEFORE UPDATE ON billing.inbox FOR EACH ROW EXECUTE FUNCTION billing.busy();`);
  const answer = await it.ngozi.api.post(`/api/ops/dead-letters/${id}/retry`);
  expect(answer.body.decisions[0].state).toBe('decided');
  await until('it was told in vain', async () => {
    const [row] = await it.world.database.rows<{ state: string }>(
      'SELECT state FROM gateway.effects WHERE state <> $1',
      ['done'],
    );
    return row?.state === 'unknown';
  });
  await it.world.database.rows('DROP TRIGGER busy ON billing.inbox');
  await until('the bill is paid', async () => (await statusOf(bill)) === 'paid');
});

test('what is no dead letter is a 404, and others than operators are kept out', async () => {
  const { id } = await aDeadLetter();
  for (const path of [`/api/ops/dead-letters/${id}/retry`, `/retry/${id}`]) {
    expect((await person.api.post(path)).status).toBe(403);
    expect((await it.world.api.post(path)).status).toBe(401);
  }
  expect((await person.api.post(`/api/ops/dead-letters/${id}/discard`, { reason: 'why not' })).status).toBe(
    403,
  );
  for (const other of [newId(), 'nonsense']) {
    expect((await it.ngozi.api.post(`/retry/${other}`)).status).toBe(404);
    const discard = await it.ngozi.api.post(`/api/ops/dead-letters/${other}/discard`, { reason: 'why not' });
    expect(discard.status).toBe(404);
  }
});
