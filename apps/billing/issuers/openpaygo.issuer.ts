import { Inject, Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { SETTINGS, unseal } from '#service-host';
import { DeviceKey, issueCode } from '#tokens';
import type { BillingSettings } from '../billing-settings.js';
import { MeterKeys } from '../vends/meter-keys.entity.js';
import type { IssueOutcome, IssueRequest, TokenIssuer } from '../vends/token-issuer.port.js';

export const DEVICE_KEY_PURPOSE = 'device key';

/**
 * Makes the codes of devices that are paid by time (OpenPAYGO Token 2.3). The specification is open, so production makes
 * them here too, from the keys of its own devices. Pure calculation from what the vend has stored: to do it again is to
 * ask what came out.
 */
@Injectable()
export class OpenPaygoIssuer implements TokenIssuer {
  constructor(
    private readonly dataSource: DataSource,
    @Inject(SETTINGS) private readonly settings: BillingSettings,
  ) {}

  async issue({ meterNumber, device }: IssueRequest): Promise<IssueOutcome> {
    const keys = await this.dataSource.getRepository(MeterKeys).findOneBy({ meterNumber });
    if (device.kind !== 'openpaygo' || !keys?.paygo || keys.sealedKey === null) return REFUSED;
    const key = DeviceKey.ofHex(unseal(keys.sealedKey, this.settings.TOKEN_SECRET, DEVICE_KEY_PURPOSE));
    if (!key.ok) return REFUSED;
    const { startingCode, restrictedDigits: restrictedDigitSet } = keys.paygo;
    const { value, days } = device;
    // The count was taken under the lock of the device's row: made again, it is the same one.
    const order = { kind: 'add_time', value, count: device.count - 1 } as const;
    const made = issueCode({ key: key.value, startingCode, restrictedDigitSet }, order);
    if (!made.ok || made.value.count !== device.count) return REFUSED;
    return { kind: 'issued', tokens: [{ kind: 'credit', token: made.value.code, days }] };
  }

  fetchResult(request: IssueRequest): Promise<IssueOutcome> {
    return this.issue(request);
  }
}

const REFUSED: IssueOutcome = {
  kind: 'refused',
  code: 'meter_not_vendable',
  reason: 'No codes can be made for this device.',
};
