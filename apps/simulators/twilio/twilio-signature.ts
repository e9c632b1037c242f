import { createHmac } from 'node:crypto';

/**
 * `X-Twilio-Signature`: the URL without its fragment, then every parameter's name and value in the order of
 * the names, under HMAC-SHA1 with the account's token. A repeated parameter counts each value once, sorted.
 */
export function signatureOf(
  authToken: string,
  url: string,
  params: Readonly<Record<string, string | readonly string[]>>,
): string {
  const text = Object.keys(params)
    .sort()
    .flatMap((name) => valuesOf(params[name]!).map((value) => name + value))
    .join('');
  return createHmac('sha1', authToken).update(url).update(text).digest('base64');
}

function valuesOf(value: string | readonly string[]): readonly string[] {
  return typeof value === 'string' ? [value] : [...new Set(value)].sort();
}
