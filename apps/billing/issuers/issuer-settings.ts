import { makeValidator, str, type ValidatorSpec } from 'envalid';
import { kinds } from '#service-host';

/** Where issuers outside are, and how we sign in there. One without an address is not set up. */
export interface IssuerSettings {
  PRISM_URL: string;
  PRISM_CERTIFICATE_FILE: string;
  PRISM_REALM: string;
  PRISM_USERNAME: string;
  PRISM_PASSWORD: string;
  STRON_URL: string;
  STRON_COMPANY: string;
  STRON_USERNAME: string;
  STRON_PASSWORD: string;
  CALIN_URL: string;
  CALIN_USER_ID: string;
  CALIN_API_KEY: string;
  ISSUER_TIMEOUT_MS: number;
}

export const issuerSettings: { [K in keyof IssuerSettings]: ValidatorSpec<IssuerSettings[K]> } = {
  PRISM_URL: address(
    'tls:',
    'tcp:',
  )({
    default: '',
    desc: 'a Prism security module, as tls://10.0.0.5:9443; without an address an issuer is not set up',
  }),
  PRISM_CERTIFICATE_FILE: str({
    default: '',
    desc: "the module's own certificate in PEM: no other is believed",
  }),
  PRISM_REALM: str({ default: 'local', desc: 'realm of our account at the security module' }),
  PRISM_USERNAME: str({ default: '', desc: 'our account at the security module' }),
  PRISM_PASSWORD: str({ default: '', desc: 'its password' }),
  STRON_URL: address('https:', 'http:')({ default: '', desc: "Stron's vending API" }),
  STRON_COMPANY: str({ default: '', desc: 'our company at Stron' }),
  STRON_USERNAME: str({ default: '', desc: 'our account at Stron' }),
  STRON_PASSWORD: str({ default: '', desc: 'its password' }),
  CALIN_URL: address('https:', 'http:')({ default: '', desc: "Calin's vending API" }),
  CALIN_USER_ID: str({ default: '', desc: 'our account at Calin' }),
  CALIN_API_KEY: str({ default: '', desc: 'its API key' }),
  ISSUER_TIMEOUT_MS: kinds.positive({
    default: 15_000,
    desc: "longest wait for an issuer's answer; afterwards the outcome is unknown",
  }),
};

type Name = Exclude<keyof IssuerSettings, 'ISSUER_TIMEOUT_MS'>;

/** What each needs besides its address. */
const NEEDED: [url: Name, needed: Name[]][] = [
  ['PRISM_URL', ['PRISM_REALM', 'PRISM_USERNAME', 'PRISM_PASSWORD']],
  ['STRON_URL', ['STRON_COMPANY', 'STRON_USERNAME', 'STRON_PASSWORD']],
  ['CALIN_URL', ['CALIN_USER_ID', 'CALIN_API_KEY']],
];

/** Half of an issuer; and, in production, one that anybody on the way could read or play. */
export function refuseIssuers(settings: IssuerSettings, isProduction: boolean): string[] {
  const faults: string[] = [];
  for (const [url, needed] of NEEDED) {
    if (settings[url] === '') continue;
    const missing = needed.filter((name) => settings[name] === '');
    faults.push(...missing.map((name) => `${name}: ${url} needs it`));
    if (isProduction && /^(http|tcp):/.test(settings[url]))
      faults.push(`${url}: must be encrypted in production`);
  }
  if (settings.PRISM_URL !== '' && !/:\d+$/.test(settings.PRISM_URL)) faults.push('PRISM_URL: needs a port');
  if (settings.PRISM_URL.startsWith('tls:') && settings.PRISM_CERTIFICATE_FILE === '')
    faults.push('PRISM_CERTIFICATE_FILE: PRISM_URL needs it');
  return faults;
}

function address(...protocols: string[]) {
  return makeValidator((value) => {
    if (value === '') return value;
    const url = URL.canParse(value) ? new URL(value) : undefined;
    if (!url || !protocols.includes(url.protocol))
      throw new Error(`must be a URL with ${protocols.join(' or ')}`);
    if (url.username || url.password || url.search)
      throw new Error('must be an address alone, without credentials');
    return value.replace(/\/+$/, '');
  });
}
