/** How a callback travels: what the customer wrote behind the `#` of its URL, else Twilio's defaults. */
export interface CallbackTarget {
  /** Without the fragment; this, letter by letter, is what the signature covers. */
  url: string;
  retries: number;
  retryOn: ReadonlySet<RetryReason>;
  readTimeoutMs: number;
  totalTimeoutMs: number;
}

export type RetryReason = '4xx' | '5xx' | 'ct' | 'rt';

const REASONS: readonly RetryReason[] = ['4xx', '5xx', 'ct', 'rt'];
const RETRIES_MAX = 5;
const TIMEOUT_MS = 15_000;
const URL_MAX = 4000;

/** Absolute, HTTP, and no underscore in the host; otherwise Twilio refuses the whole message. */
export function isCallbackUrl(text: string): boolean {
  if (text.length > URL_MAX) return false;
  const url = urlOf(text);
  return url !== undefined && /^https?:$/.test(url.protocol) && !url.hostname.includes('_');
}

/** A simulator calls nothing but this machine, and the hosts that whoever started it names one by one. */
export function mayBeCalled(text: string, hosts: readonly string[] = []): boolean {
  const host = urlOf(text)?.hostname ?? '';
  return isLoopback(host) || hosts.includes(host);
}

/** Reads `gateway,wattline-gateway`. Throws for anything but plain host names: a pattern would let in the world. */
export function readCallbackHosts(text: string): string[] {
  const hosts = text
    .split(',')
    .map((host) => host.trim().toLowerCase())
    .filter(Boolean);
  for (const host of hosts) {
    if (!/^[a-z]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*$/.test(host)) {
      throw new Error(`SIM_CALLBACK_HOSTS: ${host} is no host name.`);
    }
  }
  return hosts;
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '[::1]' || /^127\.\d+\.\d+\.\d+$/.test(host);
}

export function targetOf(statusCallback: string): CallbackTarget {
  const [url = '', fragment = ''] = statusCallback.split('#', 2);
  const overrides = new URLSearchParams(fragment);
  return {
    url,
    retries: numberIn(overrides.get('rc'), 0, RETRIES_MAX, 1),
    retryOn: policyOf(overrides.get('rp')),
    readTimeoutMs: numberIn(overrides.get('rt'), 100, TIMEOUT_MS, TIMEOUT_MS),
    totalTimeoutMs: numberIn(overrides.get('tt'), 100, TIMEOUT_MS, TIMEOUT_MS),
  };
}

function urlOf(text: string): URL | undefined {
  return URL.canParse(text) ? new URL(text) : undefined;
}

function policyOf(text: string | null): ReadonlySet<RetryReason> {
  if (text === null) return new Set(REASONS);
  const wanted = text.split(',');
  return new Set(wanted.includes('all') ? REASONS : REASONS.filter((reason) => wanted.includes(reason)));
}

function numberIn(text: string | null, min: number, max: number, otherwise: number): number {
  const value = text !== null && /^\d{1,6}$/.test(text) ? Number(text) : otherwise;
  return Math.min(max, Math.max(min, value));
}
