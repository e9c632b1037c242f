/**
 * `+2348012345678` → `+234••••••5678`: enough to recognise one's own number, too little to call it. At least four
 * characters are hidden, also of a short one.
 */
export function maskPhone(phone: string): string {
  if (phone.length < 8) return '•'.repeat(phone.length);
  const shown = Math.min(4, Math.floor((phone.length - 4) / 2));
  return phone.slice(0, shown) + '•'.repeat(phone.length - 2 * shown) + phone.slice(-shown);
}

/** `Amina Bello` → `A••• B•••`: a payer can confirm a name that they know, and learn none that they do not. */
export function maskName(name: string): string {
  return name
    .split(/\s+/)
    .filter(Boolean)
    .map((word) => `${[...word][0] ?? ''}•••`)
    .join(' ');
}

/** `34809276733624414743` → its last four digits: enough to tell two tokens apart, and worth nothing. */
export function maskToken(token: string): string {
  return token.slice(-4).padStart(token.length, '•');
}
