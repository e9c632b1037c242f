import { ok, Problem, refuse, type Result } from '#kernel';
import type { Tx } from '#messaging';
import type { UnitOfWork, WorkContext } from '#persistence';
import type { Role } from '#service-host';
import type { GatewaySettings } from '../gateway-settings.js';
import { checkPassword } from './password.rules.js';
import type { Passwords } from './passwords.js';
import { readPhone } from './phone.rules.js';
import { storeUser } from './store-user.js';

export interface NewAccount {
  name: string;
  phone: string;
  password: string;
}

/** What opening an account without the API needs; the running service has it, and so has `npm run operator`. */
export interface AccountOffice {
  settings: Pick<GatewaySettings, 'CONTACT_SECRET' | 'PHONE_COUNTRY' | 'WATTLINE_MODE'>;
  requests: UnitOfWork<Tx>;
  passwords: Pick<Passwords, 'hash'>;
}

/**
 * The only way to the role operator: by whoever runs the deployment, never by the API.
 * Refusals: validation_failed, phone_taken.
 */
export function createOperator(
  office: AccountOffice,
  operator: NewAccount,
  context: WorkContext,
): Promise<Result<{ userId: string }>> {
  return openAccount(office, { ...operator, role: 'operator' }, context);
}

/** An account of any role, without a session. Refusals: validation_failed, phone_taken. */
export async function openAccount(
  { settings, requests, passwords }: AccountOffice,
  account: NewAccount & { role: Role; institutionName?: string },
  context: WorkContext,
): Promise<Result<{ userId: string }>> {
  const phone = readPhone(account.phone, settings.PHONE_COUNTRY);
  if (!phone.ok) return phone;
  const password = checkPassword(account.password, phone.value, settings.WATTLINE_MODE);
  if (!password.ok) return password;
  const passwordHash = await passwords.hash(password.value);
  return requests.run(context, async (tx) => {
    const user = await storeUser(
      tx,
      { ...account, phone: phone.value, passwordHash },
      settings.CONTACT_SECRET,
    );
    return user ? ok({ userId: user.id }) : refuse(new Problem('phone_taken'));
  });
}
