import { lookup, type LookupAddress } from 'node:dns';
import { BlockList, isIP } from 'node:net';

/**
 * Every range that is not the public internet (IANA's special-purpose registries), and those that carry an IPv4
 * address inside (translation, 6to4, Teredo): through them a private one could be meant.
 */
const NOT_PUBLIC_V4 = [
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.0.2.0/24',
  '192.88.99.0/24',
  '192.168.0.0/16',
  '198.18.0.0/15',
  '198.51.100.0/24',
  '203.0.113.0/24',
  '224.0.0.0/4',
  '240.0.0.0/4',
];
/** Of IPv6 the public internet is 2000::/3, without these. */
const NOT_PUBLIC_V6 = ['2001::/23', '2001:db8::/32', '2002::/16', '3fff::/20'];

const notPublic = new BlockList();
for (const range of NOT_PUBLIC_V4) add(notPublic, range, 'ipv4');
for (const range of NOT_PUBLIC_V6) add(notPublic, range, 'ipv6');
const globalV6 = new BlockList();
add(globalV6, '2000::/3', 'ipv6');

function add(list: BlockList, range: string, family: 'ipv4' | 'ipv6'): void {
  const [network, prefix] = range.split('/') as [string, string];
  list.addSubnet(network, Number(prefix), family);
}

/** Whether an address is one of the public internet. IPv4 written as IPv6 (`::ffff:…`) is not. */
export function isPublic(address: string): boolean {
  if (isIP(address) === 4) return !notPublic.check(address, 'ipv4');
  if (isIP(address) !== 6 || address.includes('%')) return false;
  return globalV6.check(address, 'ipv6') && !notPublic.check(address, 'ipv6');
}

function isLoopback(address: string): boolean {
  return address === '::1' || /^127\./.test(address);
}

const HTTPS_PORTS = ['', '443', '8443'];
const FIRST_ORDINARY_PORT = 1024;

/** A webhook's URL that may be called, as far as it tells by itself; or what is wrong with it. */
export function readPartnerUrl(text: string, demo: boolean): { url: URL } | { fault: string } {
  if (!URL.canParse(text)) return { fault: 'must be a URL' };
  const url = new URL(text);
  if (url.username || url.password) return { fault: 'must not carry a password' };
  if (url.hash) return { fault: 'must not have a fragment' };
  if (url.protocol === 'http:' && demo) {
    const ordinary = Number(url.port || 80) === 80 || Number(url.port) >= FIRST_ORDINARY_PORT;
    return ordinary ? { url } : { fault: 'must use port 80 or one from 1024' };
  }
  if (url.protocol !== 'https:') return { fault: 'must be https' };
  if (!HTTPS_PORTS.includes(url.port)) return { fault: 'must use port 443 or 8443' };
  return { url };
}

export type ResolveHost = (host: string) => Promise<LookupAddress[]>;

/** By the machine's own resolver, as a connection would. */
export const resolveHost: ResolveHost = (host) =>
  new Promise((resolve, reject) =>
    lookup(host, { all: true }, (error, addresses) => (error ? reject(error) : resolve(addresses))),
  );

/** Thrown for a URL that is not called. The message is for the endpoint's owner. */
export class AddressRefused extends Error {
  override name = 'AddressRefused';
}

/**
 * The addresses that a URL's host has now, all of them allowed: of the public internet for https, of this machine
 * for the http of a demo. One that is not allowed among them is enough to refuse all. Throws `AddressRefused`.
 */
export async function allowedAddresses(url: URL, resolve: ResolveHost): Promise<LookupAddress[]> {
  const host = url.hostname.replace(/^\[|\]$/g, '');
  const family = isIP(host);
  const addresses = family ? [{ address: host, family }] : await found(host, resolve);
  const allowed = url.protocol === 'https:' ? isPublic : isLoopback;
  if (addresses.length === 0) throw new AddressRefused('the host has no address');
  if (!addresses.every(({ address }) => allowed(address))) {
    throw new AddressRefused(
      url.protocol === 'https:' ? 'the host is not on the public internet' : 'http is for this machine alone',
    );
  }
  return addresses;
}

async function found(host: string, resolve: ResolveHost): Promise<LookupAddress[]> {
  try {
    return await resolve(host);
  } catch {
    throw new AddressRefused('the host cannot be found');
  }
}
