import { jest } from '@jest/globals';
import {
  BillCancelled,
  BillChanged,
  BillCreated,
  PaymentCompleted,
  PaymentFailed,
  ProfileChanged,
  VoucherGivenBack,
  WalletUpdated,
  type WalletChange,
} from '#contracts';
import { newId } from '#kernel';
import { until } from '#testing';
import {
  billOf,
  naira,
  newPhone,
  type Person,
  register,
  sealContact,
  startWorld,
  type World,
} from './world.js';

let world: World;

beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.close());

const paymentOf = (payerId: string, purpose: 'bill' | 'top_up' | 'transfer' = 'bill') => ({
  paymentId: newId(),
  reference: `P-${newId().slice(-12).toUpperCase()}`,
  purpose,
  method: 'wallet' as const,
  payerId,
  amount: naira('50.00'),
  title: 'Bill B-1',
});

const walletOf = (ownerId: string, change: WalletChange) => ({
  walletId: ownerId,
  ownerId,
  change,
  amount: naira(change === 'capture' || change === 'transfer_out' ? '-50.00' : '50.00'),
  balance: naira('150.00'),
  available: naira('150.00'),
  reference: 'P-7K3Q9ZPX4M2D',
  note: 'rent',
});

/** What the person was told after their welcome, once nothing is under way any more. */
async function toldTo({ phone }: Person): Promise<string[]> {
  await world.settle();
  return world.smsTo(phone).slice(1);
}

test('whose voucher brought no credit hears why, and that it is good again', async () => {
  const person = await world.newPerson();
  const event = {
    voucherId: newId(),
    batchId: newId(),
    redemptionId: newId(),
    redeemerId: person.userId,
    meterNumber: '04123456784',
    code: 'not_delivered',
    reason: 'The credit was not made.',
  };
  await world.notification.publish(VoucherGivenBack, event.voucherId, event);
  expect(await toldTo(person)).toEqual([
    expect.stringMatching(
      /^Your voucher brought no credit to meter 04123456784: The credit was not made\. It is as good as before\. Ref M-\w+\.$/,
    ),
  ]);
});

test('a new user is welcomed once, although the event came twice', async () => {
  const person = await world.newPerson();
  await world.settle();
  expect(world.smsTo(person.phone)).toEqual([
    expect.stringMatching(/^Welcome to Wattline\. .* Ref M-[0-9A-Z]{12}\.$/),
  ]);
});

test('the customer of a bill is told when it is made, changed and cancelled', async () => {
  const [person, other] = [await world.newPerson(), await world.newPerson()];
  const bill = billOf(person.userId, 'B-7K3Q9ZPX4M2D');
  await world.notification.publish(BillCreated, bill.billId, bill);
  await world.settle();
  await world.notification.publish(BillChanged, bill.billId, { ...bill, amount: naira('60.00') });
  await world.settle();
  await world.notification.publish(BillCancelled, bill.billId, { ...bill, amount: naira('60.00') });
  expect(await toldTo(person)).toEqual([
    'New bill B-7K3Q9ZPX4M2D: NGN 50.00, due 2026-12-01. Pay it in Wattline.',
    expect.stringMatching(/^Bill B-7K3Q9ZPX4M2D has changed: NGN 60\.00, due 2026-12-01\. Ref M-.{12}\.$/),
    'Bill B-7K3Q9ZPX4M2D of NGN 60.00 is cancelled. There is nothing to pay.',
  ]);
  expect(await toldTo(other)).toEqual([]);
});

test('a bill that changes twice in the same way is told twice', async () => {
  const person = await world.newPerson();
  const bill = billOf(person.userId);
  for (let i = 0; i < 2; i++) await world.notification.publish(BillChanged, bill.billId, bill);
  const told = await toldTo(person);
  expect(told).toHaveLength(2);
  expect(new Set(told).size).toBe(2);
});

test('who paid a bill gets the receipt number', async () => {
  const person = await world.newPerson();
  const payment = paymentOf(person.userId);
  await world.notification.publish(PaymentCompleted, payment.paymentId, {
    ...payment,
    receiptNumber: 'R-1',
    completedAt: '2026-11-21T10:00:00.000Z',
  });
  expect(await toldTo(person)).toEqual([
    `Paid: NGN 50.00 for Bill B-1. Receipt R-1. Ref ${payment.reference}. Thank you.`,
  ]);
});

test.each(['top_up', 'transfer'] as const)(
  'a completed %s is told by the wallet, not by the payment',
  async (purpose) => {
    const person = await world.newPerson();
    const payment = paymentOf(person.userId, purpose);
    const completed = { ...payment, receiptNumber: 'R-1', completedAt: '2026-11-21T10:00:00.000Z' };
    await world.notification.publish(PaymentCompleted, payment.paymentId, completed);
    expect(await toldTo(person)).toEqual([]);
  },
);

test('a wallet that is too low is told as such', async () => {
  const person = await world.newPerson();
  const payment = paymentOf(person.userId);
  const failed = { ...payment, code: 'insufficient_funds', reason: 'Not enough money' };
  await world.notification.publish(PaymentFailed, payment.paymentId, failed);
  expect(await toldTo(person)).toEqual([
    expect.stringContaining('Your wallet is too low to pay NGN 50.00 for Bill B-1. Nothing was taken.'),
  ]);
});

test('any other failed payment is told with its reason', async () => {
  const person = await world.newPerson();
  const payment = paymentOf(person.userId);
  const failed = { ...payment, code: 'bill_not_payable', reason: 'The bill was cancelled.' };
  await world.notification.publish(PaymentFailed, payment.paymentId, failed);
  expect(await toldTo(person)).toEqual([
    `Your payment of NGN 50.00 for Bill B-1 failed: The bill was cancelled. Ref ${payment.reference}.`,
  ]);
});

test.each([
  ['top_up', 'NGN 50.00 was added to your wallet. Balance NGN 150.00. Ref P-7K3Q9ZPX4M2D.'],
  ['transfer_in', 'You received NGN 50.00. Note: "rent". Balance NGN 150.00. Ref P-7K3Q9ZPX4M2D.'],
  ['refund', 'NGN 50.00 was given back to your wallet. Balance NGN 150.00. Ref P-7K3Q9ZPX4M2D.'],
] as const)('a wallet with a %s is told to its owner', async (change, text) => {
  const person = await world.newPerson();
  await world.notification.publish(WalletUpdated, person.userId, walletOf(person.userId, change));
  expect(await toldTo(person)).toEqual([text]);
});

test.each(['capture', 'transfer_out'] as const)('a %s makes no SMS', async (change) => {
  const person = await world.newPerson();
  await world.notification.publish(WalletUpdated, person.userId, walletOf(person.userId, change));
  expect(await toldTo(person)).toEqual([]);
});

test('fifty bills at once are fifty SMS, each once, each to its own phone', async () => {
  const people = await Promise.all(Array.from({ length: 10 }, () => world.newPerson()));
  const bills = people.flatMap(({ userId }) => Array.from({ length: 5 }, () => billOf(userId)));
  await Promise.all(bills.map((bill) => world.notification.publish(BillCreated, bill.billId, bill)));
  for (const person of people) {
    const mine = bills.filter(({ customerId }) => customerId === person.userId).map(({ number }) => number);
    const told = (await toldTo(person)).map((text) => /B-[0-9A-F]{12}/.exec(text)?.[0]);
    expect(told.sort()).toEqual(mine.sort());
  }
});

test('an event that is faster than the registration waits for the contact', async () => {
  const person = { userId: newId(), phone: newPhone() };
  const bill = billOf(person.userId);
  const event = await world.notification.publish(BillCreated, bill.billId, bill);
  const inbox = () =>
    world.notification.database.rows('SELECT state FROM notification.inbox WHERE event_id = $1', [event.id]);
  await until('the event waits', async () => (await inbox())[0]?.state === 'retry');
  expect(world.smsTo(person.phone)).toEqual([]);

  await register(world.notification, person);
  world.clock.advance(1_000);
  await until('the event is handled', async () => (await inbox())[0]?.state === 'done');
  expect(await toldTo(person)).toEqual([expect.stringContaining(bill.number)]);
});

describe('what people choose in their profile', () => {
  const profileOf = (
    { userId, phone }: Person,
    notifications: { bills: boolean; payments: boolean; wallet: boolean },
  ) => ({
    userId,
    language: 'en',
    notifications,
    sealedContact: sealContact(phone),
  });
  const everything = { bills: true, payments: true, wallet: true };

  test('who wants to hear nothing of bills still hears of the wallet', async () => {
    const person = await world.newPerson();
    await world.notification.publish(
      ProfileChanged,
      person.userId,
      profileOf(person, { ...everything, bills: false }),
    );
    const bill = billOf(person.userId);
    await world.notification.publish(BillCreated, bill.billId, bill);
    await world.notification.publish(WalletUpdated, person.userId, walletOf(person.userId, 'top_up'));
    expect(await toldTo(person)).toEqual([expect.stringContaining('was added to your wallet')]);
  });

  test('the latest change counts, also when the changes and the registration come in the wrong order', async () => {
    const person = { userId: newId(), phone: newPhone() };
    const registered = {
      userId: person.userId,
      role: 'household',
      language: 'en',
      sealedContact: sealContact(newPhone()),
    };
    const older = profileOf({ ...person, phone: newPhone() }, { ...everything, wallet: false });
    // Published with falling ids: the registration is the oldest of the three.
    const envelopes = [registered, older].map((data, i) => ({
      specversion: '1.0',
      id: newId(world.clock.now().getTime()),
      source: '/services/gateway',
      type: `wattline.${i === 0 ? 'user_registered' : 'profile_changed'}.v1`,
      subject: person.userId,
      time: world.clock.now().toISOString(),
      datacontenttype: 'application/json',
      correlationid: newId(),
      data,
    }));
    await world.notification.publish(ProfileChanged, person.userId, profileOf(person, everything));
    await world.notification.send(ProfileChanged.name, JSON.stringify([envelopes[1]]));
    await world.notification.send('user_registered', JSON.stringify([envelopes[0]]));
    await world.notification.publish(WalletUpdated, person.userId, walletOf(person.userId, 'top_up'));
    expect(await toldTo(person)).toEqual([expect.stringContaining('was added to your wallet')]);
  });
});

test("people see their own messages, newest first, page by page, and nobody else's", async () => {
  const [person, other] = [await world.newPerson(), await world.newPerson()];
  const bills = Array.from({ length: 3 }, () => billOf(person.userId));
  for (const bill of bills) {
    await world.notification.publish(BillCreated, bill.billId, bill);
    await world.settle();
  }
  const me = world.notification.as(person.userId);
  const { body: first } = await me.get('/api/notifications?limit=3');
  expect(first.items.map((item: { text: string }) => /B-[0-9A-F]{12}/.exec(item.text)?.[0])).toEqual(
    bills.map(({ number }) => number).reverse(),
  );
  expect(first.items[0]).toEqual({
    id: expect.any(String),
    at: expect.stringMatching(/Z$/),
    template: 'bill_created',
    text: expect.stringContaining('NGN 50.00'),
    state: 'sending',
  });
  const { body: second } = await me.get(`/api/notifications?limit=3&cursor=${first.nextCursor}`);
  expect(second).toMatchObject({ items: [{ template: 'welcome' }], nextCursor: null });
  const { body: theirs } = await world.notification.as(other.userId).get('/api/notifications');
  expect(theirs.items).toHaveLength(1);
  expect((await me.get('/api/notifications?limit=1000')).status).toBe(400);
});

test('an accepted SMS is one log line with its correlation, and neither numbers nor texts are logged or stored', async () => {
  const { log } = world.notification.running.parts;
  const lines: unknown[][] = [];
  for (const level of ['info', 'warn', 'error', 'debug'] as const) {
    jest.spyOn(log, level).mockImplementation((...line: unknown[]) => void lines.push(line));
  }
  const person = await world.newPerson();
  const bill = billOf(person.userId);
  world.simulators.twilio.faults.order({ fault: 'wrong-body', to: person.phone });
  world.simulators.twilio.faults.order({ fault: 'wrong-body', to: person.phone, on: 'read' });
  const event = await world.notification.publish(BillCreated, bill.billId, bill);
  await until('Twilio is asked', async () => (await world.open()).includes('unknown'));
  await world.settle();
  world.simulators.twilio.faults.order({ fault: 'refused', code: 21211, to: person.phone });
  await world.notification.publish(BillCancelled, bill.billId, bill);
  await world.settle();
  jest.restoreAllMocks();

  const [message] = await world.notification.database.rows<{ id: string; sid: string }>(
    'SELECT id, sid FROM notification.messages WHERE event_id = $1',
    [event.id],
  );
  const accepted = lines.filter(
    ([facts, text]) => text === 'SMS accepted' && JSON.stringify(facts).includes(message!.id),
  );
  expect(accepted).toEqual([
    [{ correlationId: event.correlationid, messageId: message!.id, sid: message!.sid }, 'SMS accepted'],
  ]);
  expect(lines.length).toBeGreaterThan(4);
  const secrets = [person.phone.slice(1), 'Amina', 'New bill', 'is cancelled'];
  for (const secret of secrets) expect(JSON.stringify(lines)).not.toContain(secret);
  for (const table of ['contacts', 'messages', 'effects', 'outbox']) {
    const rows = await world.notification.database.rows(`SELECT * FROM notification.${table}`);
    for (const secret of secrets) expect(JSON.stringify(rows)).not.toContain(secret);
  }
});
