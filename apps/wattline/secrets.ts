import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

export interface Secrets {
  INTERNAL_SECRET: string;
  JWT_SECRET: string;
  CONTACT_SECRET: string;
  TOKEN_SECRET: string;
}

/** The demo's secrets: made once, kept beside its data, so that sealed contacts and tokens stay readable. */
export function demoSecrets(file: string): Secrets {
  const make = () => randomBytes(32).toString('base64url');
  const known = existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Partial<Secrets>) : {};
  const made = { INTERNAL_SECRET: make(), JWT_SECRET: make(), CONTACT_SECRET: make(), TOKEN_SECRET: make() };
  // A folder from before there was one of them gets it; the others stay.
  const secrets: Secrets = { ...made, ...known };
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, JSON.stringify(secrets, null, 2), { mode: 0o600 });
  return secrets;
}
