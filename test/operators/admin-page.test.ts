import { newId } from '#kernel';
import { type Answer, type Json, until } from '#testing';
import { Person } from '../e2e/person.js';
import {
  aPaidBill,
  keyed,
  newOperator,
  type OperatedSystem,
  type Operator,
  PASSWORD,
  startOperatedSystem,
} from './world.js';

let it: OperatedSystem;
beforeAll(async () => {
  it = await startOperatedSystem();
}, 60_000);
afterAll(() => it.world.stop(), 60_000);

/** A browser without scripts: keeps its cookie, follows no redirect by itself. */
class Browser {
  cookie = '';
  csrf = '';

  async send(
    method: string,
    path: string,
    form?: Record<string, string>,
    headers: Record<string, string> = {},
  ) {
    const answer = await fetch(it.world.api.url + path, {
      method,
      redirect: 'manual',
      headers: {
        ...(this.cookie && { cookie: this.cookie }),
        ...(form && { 'content-type': 'application/x-www-form-urlencoded' }),
        ...headers,
      },
      body: form && new URLSearchParams(form).toString(),
    });
    const set = answer.headers.get('set-cookie');
    if (set) this.cookie = set.split(';')[0]!;
    const text = await answer.text();
    this.csrf = /name="csrf" value="([^"]+)"/.exec(text)?.[1] ?? this.csrf;
    return { status: answer.status, headers: answer.headers, text, to: answer.headers.get('location') };
  }

  page = (query = '') => this.send('GET', `/admin/queues${query}`);
  post = (path: string, form: Record<string, string> = {}, headers?: Record<string, string>) =>
    this.send('POST', `/admin/${path}`, { csrf: this.csrf, ...form }, headers);
}

async function signedIn(operator: Operator): Promise<Browser> {
  const browser = new Browser();
  await browser.post('sign-in', { phone: operator.phone, password: PASSWORD });
  await browser.page();
  return browser;
}

async function aDeadLetter(
  error = 'PermanentError: a bug',
): Promise<{ id: string; bill: Json; person: Person }> {
  const person = await Person.register(it.world);
  const bill = await person.createBill('50.00');
  const id = newId();
  const data = {
    paymentId: newId(),
    reference: 'P-1',
    purpose: 'bill',
    method: 'wallet',
    payerId: person.id,
    billId: bill.id,
    amount: { amount: '50.00', currency: 'NGN' },
    title: `<script>alert(1)</script> ${person.phone}`,
    receiptNumber: 'R-1',
    completedAt: '2026-11-21T08:00:00.000Z',
  };
  const envelope = { id, specversion: '1.0', type: 'wattline.payment_completed.v1', subject: data.paymentId };
  const rest = { source: '/services/payment', time: data.completedAt, correlationid: newId(), data };
  await it.world.database.rows(
    `INSERT INTO billing.inbox (event_id, type, received_at, state, attempts, error, envelope, history)
     VALUES ($1, $2, now(), 'dead', 1, $4, $3, '[]')`,
    [id, envelope.type, JSON.stringify({ ...envelope, ...rest }), error],
  );
  return { id, bill, person };
}

test('without a sign-in the page is a form and tells nothing; wrong passwords and customers stay outside', async () => {
  const browser = new Browser();
  const { status, text, headers } = await browser.page();
  expect([status, headers.get('cache-control')]).toEqual([200, 'no-store']);
  expect(text).toContain('type="password"');
  expect(text).not.toMatch(/Dead letters|outbox/i);
  const wrong = await browser.post('sign-in', { phone: it.ngozi.phone, password: 'a wrong password' });
  expect([wrong.status, wrong.to]).toEqual([303, '/admin/queues?said=invalid_credentials']);
  const person = await Person.register(it.world);
  const customer = await browser.post('sign-in', { phone: person.phone, password: 'correct horse 42' });
  expect([customer.to, browser.cookie]).toEqual(['/admin/queues?said=forbidden', '']);
  expect((await browser.page('?said=forbidden')).text).toContain('This page is for operators.');
  expect((await browser.page('?said=<script>')).text).not.toContain('<script>');
});

test('the cookie is for the page alone: scripts cannot read it, other sites cannot send it, the API does not take it', async () => {
  const browser = new Browser();
  const { headers, to } = await browser.post('sign-in', { phone: it.ngozi.phone, password: PASSWORD });
  expect(to).toBe('/admin/queues');
  expect(headers.get('set-cookie')).toMatch(/; Path=\/admin; Max-Age=3600; HttpOnly; SameSite=Strict$/);
  const api: Answer = await it.world.api.get('/api/ops/queues', { cookie: browser.cookie });
  expect(api.status).toBe(401);
  const token = browser.cookie.split('=')[1]!;
  const household = await Person.register(it.world);
  browser.cookie = `wattline_admin=${household.session.accessToken}`;
  expect((await browser.page()).text).toContain('type="password"');
  browser.cookie = `wattline_admin=${token.slice(0, -3)}AAA`;
  expect((await browser.page()).text).toContain('type="password"');
});

test('an operator sees everything, escaped and masked; no script, no asset from elsewhere', async () => {
  const { person } = await aDeadLetter('Error: <img src=x onerror=alert(1)>');
  const browser = await signedIn(it.ngozi);
  const { text } = await browser.page();
  for (const words of [
    'Queues',
    'Dead letters',
    'Payments in doubt',
    'Vouchers in doubt',
    'Refunds and adjustments',
    'I4 holds',
    'Recent events',
  ]) {
    expect(text).toContain(words);
  }
  for (const service of ['billing', 'wallet', 'payment', 'notification', 'audit', 'gateway']) {
    expect(text).toContain(`<th>${service}</th>`);
  }
  expect(text).not.toMatch(/<script|<img|onerror=alert\(1\)>|https?:\/\//);
  expect(text).toContain('&#60;script&#62;');
  expect(text).not.toContain(person.phone);
  expect(text).toContain('Ngozi Adeyemi');
});

test('a dead letter is retried and another discarded, with forms alone', async () => {
  const [first, second] = [await aDeadLetter(), await aDeadLetter()];
  const browser = await signedIn(it.ngozi);
  expect((await browser.post(`dead-letters/${first.id}/retry`)).to).toBe('/admin/queues?said=retried');
  await until('the bill is paid', async () => {
    return (await first.person.api.get(`/api/bills/${first.bill.id}`)).body.status === 'paid';
  });
  const path = `dead-letters/${second.id}/discard`;
  expect((await browser.post(path, { reason: ' ' })).to).toBe('/admin/queues?said=validation_failed');
  expect((await browser.post(path, { reason: 'a test', service: 'billing' })).to).toBe(
    '/admin/queues?said=discarded',
  );
  await until(
    'it is discarded',
    async () => !(await browser.page()).text.includes(`/admin/dead-letters/${second.id}`),
  );
  expect((await browser.post(path, { reason: 'again' })).to).toBe('/admin/queues?said=conflict');
  expect((await browser.post('dead-letters/nonsense/retry')).to).toBe('/admin/queues?said=not_found');
});

test('a form that the page did not make does nothing', async () => {
  const { id } = await aDeadLetter();
  const browser = await signedIn(it.ngozi);
  const retry = (form: Record<string, string>, headers?: Record<string, string>) =>
    browser.post(`dead-letters/${id}/retry`, form, headers);
  const other = await signedIn(it.emeka);
  for (const csrf of ['', 'x', other.csrf, '漢字'.repeat(20)])
    expect((await retry({ csrf })).status).toBe(403);
  const foreign: Record<string, string>[] = [
    { origin: 'https://evil.example' },
    { origin: 'null' },
    { 'sec-fetch-site': 'cross-site' },
    { 'sec-fetch-site': 'same-site' },
  ];
  for (const headers of foreign) {
    expect((await retry({}, headers)).status).toBe(403);
    const login = { phone: it.ngozi.phone, password: PASSWORD };
    expect((await new Browser().post('sign-in', login, headers)).status).toBe(403);
  }
  expect((await new Browser().post(`dead-letters/${id}/retry`)).to).toBe('/admin/queues?said=unauthorized');
  expect((await browser.page()).text).toContain(`/admin/dead-letters/${id}/retry`);
  const own = { origin: it.world.api.url, 'sec-fetch-site': 'same-origin' };
  expect((await retry({}, own)).to).toBe('/admin/queues?said=retried');
});

test('a refund above the limit is approved on the page by another operator, and not by the one who asked', async () => {
  const { person, payment } = await aPaidBill(it.world, '1500.00');
  const path = `/api/ops/payments/${payment.id}/refund`;
  const { body } = await keyed(it.ngozi, path, { reason: 'paid <b>twice</b>' });
  const [own, other] = [await signedIn(it.ngozi), await signedIn(it.emeka)];
  const mine = (await own.page()).text;
  expect(mine).toContain('waits for another operator');
  expect(mine).toContain('paid &#60;b&#62;twice&#60;/b&#62;');
  expect((await own.post(`approvals/${body.id}/approve`)).to).toBe(
    '/admin/queues?said=second_person_required',
  );
  expect((await other.post(`approvals/${body.id}/approve`)).to).toBe('/admin/queues?said=approved');
  await until('the money is back', async () => (await person.balance()) === '1500.00');
});

test('signed out or suspended, the page is closed at once', async () => {
  const third = await newOperator(it.world, 'Third Person');
  const [first, second] = [await signedIn(third), await signedIn(third)];
  const stolen = first.cookie;
  await first.post('sign-out');
  first.cookie = stolen;
  expect((await first.page()).text).toContain('type="password"');
  expect((await second.page()).text).toContain('Sign out');
  await it.ngozi.api.post(`/api/ops/users/${third.id}/suspend`, { reason: 'left the company' });
  expect((await second.page()).text).toContain('type="password"');
  const again = await new Browser().post('sign-in', { phone: third.phone, password: PASSWORD });
  expect(again.to).toBe('/admin/queues?said=account_suspended');
});
