import { Inject, Injectable } from '@nestjs/common';
import { SETTINGS } from '#service-host';
import { type BillingSettings, hasSoftwareIssuer } from '../billing-settings.js';
import type { IssuerName } from '../vends/meter-keys.entity.js';
import type { TokenIssuer } from '../vends/token-issuer.port.js';
import { OpenPaygoIssuer } from './openpaygo.issuer.js';
import { SoftwareStsIssuer } from './software-sts.issuer.js';

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

const NOT_SET_UP: TokenIssuer = {
  issue: () =>
    Promise.resolve({
      kind: 'refused',
      code: 'meter_not_vendable',
      reason: 'No tokens can be made for this meter.',
    }),
};
