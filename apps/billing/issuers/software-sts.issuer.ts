import { Inject, Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Energy } from '#kernel';
import { SETTINGS, unseal } from '#service-host';
import {
  type BaseDate,
  buildDecoderKey,
  type EncryptionAlgorithm,
  issueCredit,
  issueKeyChange,
  type KeyFacts,
  type KeyType,
} from '#tokens';
import type { BillingSettings } from '../billing-settings.js';
import { keyIdOf, VendingKey } from '../vends/meter-keys.entity.js';
import type {
  IssuedToken,
  IssueOutcome,
  IssueRequest,
  StsDevice,
  StsKeyName,
  TokenIssuer,
} from '../vends/token-issuer.port.js';

/** A token says tenths of a kWh. */
const TENTH = 100n;

/**
 * Makes STS tokens in software, from vending keys in the database: for demos, tests and simulated meters. Pure
 * calculation from what the vend has stored, so to do it again is to ask what came out. Refused in production.
 */
@Injectable()
export class SoftwareStsIssuer implements TokenIssuer {
  constructor(
    private readonly dataSource: DataSource,
    @Inject(SETTINGS) private readonly settings: BillingSettings,
  ) {}

  async issue(request: IssueRequest): Promise<IssueOutcome> {
    const { device } = request;
    if (device.kind !== 'sts') return refused('the device is no STS meter');
    const change = await this.keyChange(request, device);
    if ('kind' in change) return change;
    const key = await this.factsOf(request, device.changeTo ?? device.key);
    const decoder = key && buildDecoderKey(key);
    if (!decoder?.ok) return refused(decoder?.reason ?? 'KeyNotAvailable');
    const tenths = (request.units.wattHours + TENTH - 1n) / TENTH;
    const credit = issueCredit(decoder.value, { tenths, tid: device.tid ?? -1, rnd: device.rnd ?? -1 });
    if (!credit.ok) return refused(credit.reason);
    const { token, actualTenths } = credit.value;
    const units = Energy.ofWattHours(actualTenths * TENTH);
    return { kind: 'issued', tokens: [...change, { kind: 'credit', token, units }] };
  }

  fetchResult(request: IssueRequest): Promise<IssueOutcome> {
    return this.issue(request);
  }

  /** The four tokens that bring the meter its new key, under the old one; none when it keeps its key. */
  private async keyChange(
    request: IssueRequest,
    { key, changeTo }: StsDevice,
  ): Promise<IssuedToken[] | IssueOutcome> {
    if (!changeTo) return [];
    const [from, to] = await Promise.all([this.factsOf(request, key), this.factsOf(request, changeTo)]);
    if (!from || !to) return refused('KeyNotAvailable');
    const tokens = issueKeyChange(from, { ...to, ken: changeTo.ken });
    if (!tokens.ok) return refused(tokens.reason);
    return tokens.value.map(({ token }) => ({ kind: 'key_change', token }));
  }

  private async factsOf({ meterNumber }: IssueRequest, key: StsKeyName): Promise<KeyFacts | undefined> {
    const row = await this.dataSource.getRepository(VendingKey).findOneBy({ id: keyIdOf(key) });
    if (!row) return undefined;
    return {
      drn: meterNumber,
      sgc: key.sgc,
      krn: key.krn,
      kt: key.kt as KeyType,
      ti: key.ti,
      ea: key.ea as EncryptionAlgorithm,
      baseDate: key.baseDate as BaseDate,
      vendingKeyHex: unseal(row.sealedKey, this.settings.TOKEN_SECRET, 'vending key'),
    };
  }
}

function refused(why: string): IssueOutcome {
  const tooMuch = why === 'AmountOutOfRange';
  return tooMuch
    ? { kind: 'refused', code: 'amount_out_of_range', reason: 'The amount is too much for one token.' }
    : { kind: 'refused', code: 'meter_not_vendable', reason: 'No tokens can be made for this meter.' };
}
