import { defineEvent, t } from '../event-definition.js';

/** A person or institution has an account. The contact is readable by the notification service alone. */
export const UserRegistered = defineEvent('user_registered', 1, 'gateway', {
  userId: t.id,
  role: t.oneOf(['household', 'institution', 'operator'] as const),
  language: t.text,
  /** Name and phone, sealed with AES-256-GCM (`sealContact`): no other reader learns them. */
  sealedContact: t.text,
});
