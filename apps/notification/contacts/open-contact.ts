import { unsealPersonal } from '#service-host';

export interface Contact {
  name: string;
  /** E.164 */
  phone: string;
}

/** Opens a contact as `user_registered` carried it. Throws when it was sealed with another secret, or its key is not here. */
export function openContact(sealed: string, secret: string, key: string | null): Contact {
  return JSON.parse(unsealPersonal(sealed, secret, key, 'contact')) as Contact;
}
