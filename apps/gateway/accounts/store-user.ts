import { UserRegistered } from '#contracts';
import { newId } from '#kernel';
import type { Tx } from '#messaging';
import { type Role, seal } from '#service-host';
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
  const row: UserRow = {
    id: newId(),
    name: user.name,
    phone: user.phone,
    passwordHash: user.passwordHash,
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
    sealedContact: sealContact(row, contactSecret),
  });
  return row;
}

/** What the notification service alone can open: `{name, phone}`. */
export function sealContact({ name, phone }: Pick<UserRow, 'name' | 'phone'>, contactSecret: string): string {
  return seal(JSON.stringify({ name, phone }), contactSecret, 'contact');
}
