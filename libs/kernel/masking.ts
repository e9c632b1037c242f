/** `+2348012345678` → `+234•••••5678`: enough to recognise one's own number, too little to call it. */
export function maskPhone(phone: string): string {
  if (phone.length < 8) return '•'.repeat(phone.length);
  return phone.slice(0, 4) + '•'.repeat(phone.length - 8) + phone.slice(-4);
}

/** `Amina Bello` → `A••• B•••`: a payer can confirm a name that they know, and learn none that they do not. */
export function maskName(name: string): string {
  return name
    .split(/\s+/)
    .filter(Boolean)
    .map((word) => `${word[0] ?? ''}•••`)
    .join(' ');
}
