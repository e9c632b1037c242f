import './load-env.js';
import { newId } from '#kernel';

// `npm run demo`: one purchase against the running system, told step by step.
const port = Number(process.env.PORT || 3000);
const gateway = `http://127.0.0.1:${port}`;
const phones = `http://127.0.0.1:${process.env.SIM_PORT || port + 1}`;
const PHONE = '+2348010000001';

interface Payment {
  id: string;
  reference: string;
  status: string;
  receiptNumber?: string;
  failure?: { reason: string };
}

try {
  await purchase();
} catch (error) {
  console.error(error instanceof TypeError ? `Nothing answers at ${gateway}: run npm start first.` : error);
  process.exitCode = 1;
}

async function purchase(): Promise<void> {
  const { accessToken } = await call<{ accessToken: string }>('POST', '/api/auth/login', undefined, {
    phone: PHONE,
    password: 'wattline-demo',
  });
  console.log(`Signed in as ${PHONE}.`);
  const wallet = await call<{ id: string }>('GET', '/api/wallet', accessToken);
  const topUp = await call<Payment>('POST', `/api/wallets/${wallet.id}/add-funds`, accessToken, {
    amount: '100.00',
  });
  await finished(topUp, accessToken);
  console.log('Added NGN 100.00 to the wallet.');
  const bill = await call<{ id: string; number: string }>('POST', '/api/bills', accessToken, {
    amount: '75.50',
    dueDate: '2030-01-31',
    description: 'Demo',
  });
  console.log(`Bill ${bill.number} of NGN 75.50 was created.`);
  const payment = await call<Payment>('POST', '/api/payments', accessToken, {
    billId: bill.id,
    amount: '75.50',
  });
  const paid = await finished(payment, accessToken);
  console.log(`Payment ${paid.reference}: ${paid.status}. Its timeline:`);
  const steps = await call<{ at: string; text: string }[]>(
    'GET',
    `/api/payments/${payment.id}/timeline`,
    accessToken,
  );
  for (const step of steps) console.log(`  ${step.at}  ${step.text}`);
  console.log(`The SMS on ${PHONE}:\n  ${await smsWith(paid.receiptNumber ?? '')}`);
}

async function finished(payment: Payment, token: string): Promise<Payment> {
  return until(async () => {
    const now = await call<Payment>('GET', `/api/payments/${payment.id}`, token);
    if (now.status === 'FAILED') throw new Error(`The payment failed: ${now.failure?.reason}`);
    return now.status === 'PAID' ? now : undefined;
  });
}

function smsWith(text: string): Promise<string> {
  return until(async () => {
    const answer = await fetch(`${phones}/phones/${encodeURIComponent(PHONE)}/messages`);
    const { items } = (await answer.json()) as { items: { body: string }[] };
    return items.find((sms) => sms.body.includes(text))?.body;
  });
}

async function until<T>(look: () => Promise<T | undefined>): Promise<T> {
  for (const started = performance.now(); performance.now() - started < 15_000;) {
    const seen = await look();
    if (seen !== undefined) return seen;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error('Waited 15 s in vain.');
}

async function call<T>(method: string, path: string, token?: string, body?: object): Promise<T> {
  const answer = await fetch(gateway + path, {
    method,
    headers: {
      ...(body && { 'content-type': 'application/json' }),
      ...(token && { authorization: `Bearer ${token}` }),
      ...(method === 'POST' && { 'idempotency-key': newId() }),
    },
    body: body && JSON.stringify(body),
  });
  const json = (await answer.json()) as T & { detail?: string; title?: string };
  if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${json.detail ?? json.title}`);
  return json;
}
