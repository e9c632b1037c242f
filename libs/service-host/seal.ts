import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto';

/**
 * Seals text with AES-256-GCM: base64url of a 12-byte nonce, the ciphertext and the 16-byte tag. The key is
 * derived from the secret and the purpose, so that one secret serves several purposes apart.
 */
export function seal(text: string, secret: string, purpose: string): string {
  const nonce = randomBytes(12);
  const cipher = createCipheriv('aes-256-gcm', keyFor(secret, purpose), nonce);
  return Buffer.concat([nonce, cipher.update(text, 'utf8'), cipher.final(), cipher.getAuthTag()]).toString(
    'base64url',
  );
}

/** The text again; throws when it was changed or sealed with another secret. */
export function unseal(sealed: string, secret: string, purpose: string): string {
  const bytes = Buffer.from(sealed, 'base64url');
  const decipher = createDecipheriv('aes-256-gcm', keyFor(secret, purpose), bytes.subarray(0, 12));
  decipher.setAuthTag(bytes.subarray(-16));
  return Buffer.concat([decipher.update(bytes.subarray(12, -16)), decipher.final()]).toString('utf8');
}

const WITH_PERSONAL_KEY = 'k1.';

/** A key of one person's own: 256 random bits, base64url. */
export function newPersonalKey(): string {
  return randomBytes(32).toString('base64url');
}

/** Seals a text about one person, so that it takes the secret and the person's key to open it. */
export function sealPersonal(text: string, secret: string, personalKey: string, purpose: string): string {
  return WITH_PERSONAL_KEY + seal(text, `${secret} ${personalKey}`, purpose);
}

/** Whether a text was sealed with a person's own key; those from before there were such keys were not. */
export function needsPersonalKey(sealed: string): boolean {
  return sealed.startsWith(WITH_PERSONAL_KEY);
}

/** The text again; throws when it was changed, or sealed with another secret or key. */
export function unsealPersonal(
  sealed: string,
  secret: string,
  personalKey: string | null,
  purpose: string,
): string {
  if (!needsPersonalKey(sealed)) return unseal(sealed, secret, purpose);
  if (personalKey === null) throw new Error('the key of the person is not known');
  return unseal(sealed.slice(WITH_PERSONAL_KEY.length), `${secret} ${personalKey}`, purpose);
}

function keyFor(secret: string, purpose: string): Buffer {
  return createHash('sha256').update(`wattline ${purpose} ${secret}`).digest();
}
