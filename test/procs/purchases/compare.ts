import type { MadeVend } from '#simulators';
import type { FaultWorld } from '../fault-world.js';
import { ask } from '../witness.js';
import type { Purchase, Shoppers } from './shoppers.js';

/** What customers have is held against what the issuers have really made: one line for each difference. */
export async function compare(world: FaultWorld, shoppers: Shoppers): Promise<string[]> {
  const made = new Map<string, MadeVend[]>();
  for (const vend of world.simulators.issuers.book.vends.newestFirst())
    made.set(vend.requestId, [...(made.get(vend.requestId) ?? []), vend]);
  const wrong = [...made].flatMap(([id, vends]) =>
    vends.length > 1 ? `${id} was made ${vends.length} times by ${vends[0]!.issuer}` : [],
  );
  const seen = new Map<string, string>();
  const spent = new Map<string, number>();
  for (const purchase of shoppers.purchases) {
    const { payerId, paymentId, amount } = purchase;
    const { headers } = shoppers.all.find(({ id }) => id === payerId)!;
    const { body } = await shoppers.client.send('GET', `/api/payments/${paymentId}`, headers);
    if (body.status === 'PAID') spent.set(payerId, (spent.get(payerId) ?? 0) + amount);
    wrong.push(...faultsOf(purchase, body, made.get(paymentId), seen));
  }
  const wallets = await ask<{ id: string; balance: string; held: string }>(
    world.databaseUrl,
    `SELECT id, balance, held FROM wallet.accounts WHERE kind = 'wallet' AND id = ANY($1::text[])`,
    [shoppers.all.map(({ id }) => id)],
  );
  for (const { id, balance, held } of wallets) {
    const expected = shoppers.funds - (spent.get(id) ?? 0);
    if (Number(balance) !== expected || Number(held) !== 0)
      wrong.push(`wallet ${id} has ${balance}, ${held} held; its owner expects ${expected}`);
  }
  return [...wrong, ...(await unknownPayments(world, shoppers.purchases))];
}

function faultsOf(
  { paymentId, meterNumber }: Purchase,
  payment: { status: string; inDoubt: boolean; tokens?: { token: string }[] },
  made: MadeVend[] = [],
  seen: Map<string, string>,
): string[] {
  const tokens = payment.tokens?.map(({ token }) => token) ?? [];
  const faults: string[] = [];
  if (payment.status === 'PAID') {
    const [vend] = made;
    if (vend?.meterNumber !== meterNumber || tokens.length !== 1 || tokens[0] !== vend.token)
      faults.push(`${paymentId} is paid, and its customer has not the token that was made`);
    for (const token of tokens) {
      if (seen.has(token)) faults.push(`${paymentId} has the token of ${seen.get(token)}`);
      seen.set(token, paymentId);
    }
  } else if (payment.status === 'FAILED') {
    if (made.length > 0 || tokens.length > 0)
      faults.push(`${paymentId} was given back, and a token was made`);
  } else faults.push(`${paymentId} is ${payment.status} in the end`);
  return faults;
}

/** A purchase that no customer knows. */
async function unknownPayments({ databaseUrl }: FaultWorld, purchases: Purchase[]): Promise<string[]> {
  const rows = await ask<{ id: string }>(
    databaseUrl,
    `SELECT id FROM payment.payments WHERE purpose = 'electricity' AND id <> ALL($1::uuid[])`,
    [purchases.map(({ paymentId }) => paymentId)],
  );
  const ids = new Set(purchases.map(({ paymentId }) => paymentId));
  return [
    ...rows.map(({ id }) => `${id} was ordered by nobody`),
    ...(ids.size < purchases.length ? ['two purchases share a payment'] : []),
  ];
}
