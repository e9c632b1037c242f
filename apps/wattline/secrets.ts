import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

export interface Secrets {
  INTERNAL_SECRET: string;
  JWT_SECRET: string;
  CONTACT_SECRET: string;
}

/** The demo's secrets: made once, kept beside its data, so that sealed contacts stay readable. */
export function demoSecrets(file: string): Secrets {
  if (existsSync(file)) return JSON.parse(readFileSync(file, 'utf8')) as Secrets;
  const make = () => randomBytes(32).toString('base64url');
  const secrets = { INTERNAL_SECRET: make(), JWT_SECRET: make(), CONTACT_SECRET: make() };
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, JSON.stringify(secrets, null, 2), { mode: 0o600 });
  return secrets;
}
