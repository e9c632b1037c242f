import { readFileSync } from 'node:fs';
import { Inject, Injectable } from '@nestjs/common';
import { SETTINGS } from '#service-host';
import { type BillingSettings, hasSoftwareIssuer } from '../billing-settings.js';
import type { IssuerName } from '../vends/meter-keys.entity.js';
import type { TokenIssuer } from '../vends/token-issuer.port.js';
import { CalinIssuer } from './calin.issuer.js';
import { OpenPaygoIssuer } from './openpaygo.issuer.js';
import type { PrismAddress } from './prism-connection.js';
import { PrismIssuer } from './prism.issuer.js';
import { SoftwareStsIssuer } from './software-sts.issuer.js';
import { StronIssuer } from './stron.issuer.js';

/** Who makes the tokens of a meter, by the name in its keys. */
@Injectable()
export class TokenIssuers {
  private readonly byName = new Map<IssuerName, TokenIssuer>();

  constructor(
    software: SoftwareStsIssuer,
    openPaygo: OpenPaygoIssuer,
    @Inject(SETTINGS) settings: BillingSettings,
  ) {
    this.byName.set('openpaygo', openPaygo);
    if (hasSoftwareIssuer(settings)) this.byName.set('software', software);
    for (const [name, issuer] of outsideIssuers(settings)) this.byName.set(name, issuer);
  }

  /** Puts an issuer in place, or another in its stead. */
  use(name: IssuerName, issuer: TokenIssuer): void {
    this.byName.set(name, issuer);
  }

  /** One that is not set up makes nothing, for good. */
  of(name: IssuerName | null): TokenIssuer {
    return (name && this.byName.get(name)) ?? NOT_SET_UP;
  }
}

/** Those that have an address. */
function outsideIssuers(settings: BillingSettings): [IssuerName, TokenIssuer][] {
  const { ISSUER_TIMEOUT_MS: timeoutMillis } = settings;
  const issuers: [IssuerName, TokenIssuer][] = [];
  if (settings.PRISM_URL) {
    const { PRISM_REALM: realm, PRISM_USERNAME: username, PRISM_PASSWORD: password } = settings;
    const address = prismAddressOf(settings);
    issuers.push(['prism', new PrismIssuer({ address, realm, username, password, timeoutMillis })]);
  }
  if (settings.STRON_URL) {
    const { STRON_URL: url, STRON_COMPANY: company } = settings;
    const { STRON_USERNAME: username, STRON_PASSWORD: password } = settings;
    issuers.push(['stron', new StronIssuer({ url, company, username, password, timeoutMillis })]);
  }
  if (settings.CALIN_URL) {
    const { CALIN_URL: url, CALIN_USER_ID: userId, CALIN_API_KEY: apiKey } = settings;
    issuers.push(['calin', new CalinIssuer({ url, userId, apiKey, timeoutMillis })]);
  }
  return issuers;
}

/** Throws when the certificate cannot be read: the service then does not start. */
function prismAddressOf({ PRISM_URL, PRISM_CERTIFICATE_FILE: file }: BillingSettings): PrismAddress {
  const { protocol, hostname, port } = new URL(PRISM_URL);
  const certificate = protocol === 'tls:' ? readFileSync(file, 'utf8') : undefined;
  return { host: hostname, port: Number(port), certificate };
}

const NOT_SET_UP: TokenIssuer = {
  issue: () =>
    Promise.resolve({
      kind: 'refused',
      code: 'meter_not_vendable',
      reason: 'No tokens can be made for this meter.',
    }),
};
