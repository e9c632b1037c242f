import { unseal } from '#service-host';

export interface Contact {
  name: string;
  /** E.164 */
  phone: string;
}

/** Opens a contact as `user_registered` carried it. Throws when it was sealed with another secret. */
export function openContact(sealed: string, secret: string): Contact {
  return JSON.parse(unseal(sealed, secret, 'contact')) as Contact;
}
