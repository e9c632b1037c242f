import { Inject, Injectable } from '@nestjs/common';
import { SETTINGS } from '#service-host';
import { type BillingSettings, hasSoftwareIssuer } from '../billing-settings.js';
import type { IssuerName } from '../vends/meter-keys.entity.js';
import type { TokenIssuer } from '../vends/token-issuer.port.js';
import { CalinIssuer } from './calin.issuer.js';
import { SoftwareStsIssuer } from './software-sts.issuer.js';
import { StronIssuer } from './stron.issuer.js';

/** Who makes the tokens of a meter, by the name in its keys. */
@Injectable()
export class TokenIssuers {
  private readonly byName = new Map<IssuerName, TokenIssuer>();

  constructor(software: SoftwareStsIssuer, @Inject(SETTINGS) settings: BillingSettings) {
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

const NOT_SET_UP: TokenIssuer = {
  issue: () =>
    Promise.resolve({
      kind: 'refused',
      code: 'meter_not_vendable',
      reason: 'No tokens can be made for this meter.',
    }),
};
