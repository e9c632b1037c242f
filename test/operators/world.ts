import { createOperator } from '#gateway';
import { newId, unwrap } from '#kernel';
import { type Answer, type ApiClient, type Json, until } from '#testing';
import { Person } from '../e2e/person.js';
import { startOneProcess, type SystemUnderTest } from '../e2e/system.js';

export const PASSWORD = 'a lamp in every window';

/** An operator, signed in. */
export interface Operator {
  id: string;
  phone: string;
  api: ApiClient;
}

/** The whole system with three operators; above 1000 a second one has to agree. */
export interface OperatedSystem {
  world: SystemUnderTest;
  ngozi: Operator;
  emeka: Operator;
}

export async function startOperatedSystem(environment: Record<string, string> = {}): Promise<OperatedSystem> {
  const world = await startOneProcess({ environment: { APPROVAL_LIMIT: '1000', ...environment } });
  return {
    world,
    ngozi: await newOperator(world, 'Ngozi Adeyemi'),
    emeka: await newOperator(world, 'Emeka Eze'),
  };
}

let number = Math.floor(Math.random() * 1_000_000);

export async function newOperator(world: SystemUnderTest, name: string): Promise<Operator> {
  const phone = `+234909${String(1_000_000 + (++number % 9_000_000))}`;
  const { gateway } = world.system!.services;
  const { userId } = unwrap(await createOperator(gateway as never, { name, phone, password: PASSWORD }));
  const { body } = await world.api.post('/api/auth/login', { phone, password: PASSWORD });
  return { id: userId, phone, api: world.api.with({ authorization: `Bearer ${body.accessToken}` }) };
}

/** The names of the events that the audit trail has about this subject, oldest first. */
export async function trailOf(operator: Operator, subject: string): Promise<string[]> {
  const { body } = await operator.api.get('/api/audit?limit=100');
  return (body.items as Json[])
    .filter(({ event }) => event.subject === subject)
    .map(({ event }) => String(event.type).replace(/^wattline\.|\.v\d+$/g, ''))
    .reverse();
}

export const keyed = (
  operator: Operator,
  path: string,
  body: unknown,
  key: string = newId(),
): Promise<Answer> => operator.api.post(path, body, { 'idempotency-key': key });

/** A person who has paid a bill of this amount, and the payment. */
export async function aPaidBill(
  world: SystemUnderTest,
  amount: string,
): Promise<{ person: Person; bill: Json; payment: Json }> {
  const person = await Person.register(world);
  await person.addFunds(amount);
  const bill = await person.createBill(amount);
  const payment = await person.finished(await person.post('/api/payments', { billId: bill.id, amount }));
  await until('the money is taken', async () => (await person.balance()) === '0.00');
  return { person, bill, payment };
}

export function untilEnded(operator: Operator, actionId: string): Promise<Json> {
  return until('the action has ended', async () => {
    const { body } = await operator.api.get(`/api/ops/approvals/${actionId}`);
    return ['done', 'refused', 'rejected'].includes(body.state) && body;
  });
}
