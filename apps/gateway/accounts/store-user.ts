import { UserRegistered } from '#contracts';
import { newId } from '#kernel';
import type { Tx } from '#messaging';
import { newPersonalKey, type Role, sealPersonal } from '#service-host';
import { UserRow } from './user.entity.js';

export interface NewUser {
  name: string;
  /** E.164. */
  phone: string;
  passwordHash: string;
  role: Role;
  email?: string;
  institutionName?: string;
  language?: string;
}

/** Stores a person and tells the system, or undefined when somebody has this phone already. */
export async function storeUser(tx: Tx, user: NewUser, contactSecret: string): Promise<UserRow | undefined> {
  const row: UserRow & { contactKey: string } = {
    id: newId(),
    name: user.name,
    phone: user.phone,
    passwordHash: user.passwordHash,
    contactKey: newPersonalKey(),
    email: user.email ?? null,
    role: user.role,
    institutionName: user.institutionName ?? null,
    language: user.language ?? 'en',
    notifications: { bills: true, payments: true, wallet: true },
    createdAt: tx.now,
    suspendedAt: null,
    suspendedWhy: null,
  };
  if (!(await tx.insertIfAbsent(UserRow, row))) return undefined;
  tx.publish(UserRegistered, row.id, {
    userId: row.id,
    role: row.role,
    language: row.language,
    sealedContact: sealContact(row, row.contactKey, contactSecret),
  });
  return row;
}

/** What the notification service alone can open, and nobody once the key is deleted: `{name, phone}`. */
export function sealContact(
  { name, phone }: Pick<UserRow, 'name' | 'phone'>,
  key: string,
  secret: string,
): string {
  return sealPersonal(JSON.stringify({ name, phone }), secret, key, 'contact');
}
