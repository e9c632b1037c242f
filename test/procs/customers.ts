import type { CarefulClient } from './careful-client.js';
import { Dice } from './dice.js';

/** Somebody with an account, who decides by dice of their own. */
export interface Customer {
  id: string;
  headers: Record<string, string>;
  dice: Dice;
}

const PASSWORD = 'a careful customer';

/** So many new people, whose phone numbers begin with `prefix` and follow from the seed. */
export async function registerCustomers(
  client: CarefulClient,
  prefix: string,
  seed: number,
  count: number,
): Promise<Customer[]> {
  const customers: Customer[] = [];
  for (let i = 0; i < count; i++) {
    const phone = `${prefix}${String(40_000_000 + (seed % 1_000_000) * 10 + i).padStart(8, '0')}`;
    const person = { name: `Customer ${i}`, phone, password: PASSWORD };
    const { status, body } = await client.send('POST', '/api/auth/register', {}, person);
    if (status !== 201) throw new Error(`register: ${status} ${JSON.stringify(body)}`);
    const headers = { authorization: `Bearer ${body.accessToken}` };
    customers.push({ id: body.user.id, headers, dice: new Dice(seed + i + 1) });
  }
  return customers;
}

/** An amount as the API takes it, from minor units. */
export function naira(minor: number): string {
  return (minor / 100).toFixed(2);
}
