import { defineEvent, t } from '../event-definition.js';

/** A person or institution has an account. The contact is readable by the notification service alone. */
export const UserRegistered = defineEvent('user_registered', 1, 'gateway', {
  userId: t.id,
  role: t.oneOf(['household', 'institution', 'operator'] as const),
  language: t.text,
  /** Name and phone, sealed with AES-256-GCM (`sealContact`): no other reader learns them. */
  sealedContact: t.text,
});

/** Somebody asked for a new password of this person. The code is readable by the notification service alone. */
export const PasswordResetRequested = defineEvent('password_reset_requested', 1, 'gateway', {
  userId: t.id,
  /** Six digits, sealed with AES-256-GCM. */
  sealedCode: t.text,
  /** From then on the code is worth nothing. */
  expiresAt: t.moment,
});

/** A person has a new password; all their sessions have ended. */
export const PasswordChanged = defineEvent('password_changed', 1, 'gateway', { userId: t.id });

/** A person who had opted out of SMS says that they want them again. */
export const SmsResumed = defineEvent('sms_resumed', 1, 'gateway', { userId: t.id });

/** An account is deleted: its contact, and the key that opens every copy of it, are gone. Ids and amounts stay. */
export const UserDeleted = defineEvent('user_deleted', 1, 'gateway', { userId: t.id });

/** A person changed their name, language, or of what they want to be told. The whole new state; the latest counts. */
export const ProfileChanged = defineEvent('profile_changed', 1, 'gateway', {
  userId: t.id,
  language: t.text,
  /** Of which kinds of events the person is told by SMS. */
  notifications: t.object({ bills: t.flag, payments: t.flag, wallet: t.flag }),
  /** As in `user_registered`. */
  sealedContact: t.text,
});

/** An operator locked an account: its sessions are over, and nobody can sign in to it. */
export const UserSuspended = defineEvent('user_suspended', 1, 'gateway', {
  userId: t.id,
  by: t.id,
  reason: t.text,
});

/** An operator opened a locked account again. */
export const UserResumed = defineEvent('user_resumed', 1, 'gateway', { userId: t.id, by: t.id });
