import { randomInt } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { Tx } from '#messaging';
import { IssueTokens } from './issue-tokens.effect.js';
import { endVend } from './end-vend.js';
import { MeterKeys } from './meter-keys.entity.js';
import { isNotVendable, type NotVendable, takeIdentifier } from './take-identifier.rules.js';
import { Vend } from './vend.entity.js';

export type NewVend = Pick<
  Vend,
  'id' | 'cause' | 'billId' | 'ownerId' | 'meterNumber' | 'amount' | 'currency' | 'wattHours' | 'days'
>;

const UNKNOWN_METER: NotVendable = {
  code: 'meter_not_vendable',
  reason: 'No tokens can be made for this meter.',
};

/** Stores a vend with all that makes its call repeatable, and has the issuer called after the commit; once per id. */
@Injectable()
export class RequestVend {
  constructor(private readonly issueTokens: IssueTokens) {}

  async run(order: NewVend, tx: Tx): Promise<void> {
    const vend: Vend = {
      ...order,
      state: 'requested',
      tokenCount: null,
      issuer: null,
      device: null,
      keyId: null,
      tid: null,
      issuerReference: null,
      failureCode: null,
      failureReason: null,
      inDoubtSince: null,
      resolvedBy: null,
      resolution: null,
      conflict: null,
      resends: 0,
      resendsSince: null,
      resentAt: null,
      requestedAt: tx.now,
      endedAt: null,
    };
    if (!(await tx.insertIfAbsent(Vend, vend))) return;
    const keys = await tx.load(MeterKeys, vend.meterNumber);
    const taken = keys ? takeIdentifier(keys, vend.days, tx.now, randomInt(16)) : UNKNOWN_METER;
    if (!keys || isNotVendable(taken)) {
      return endVend(vend, { kind: 'failed', ...(taken as NotVendable) }, tx);
    }
    const { device, keyId, tid, row } = taken;
    if (row) tx.set(keys, row);
    tx.set(vend, { issuer: keys.issuer, device, keyId, tid });
    tx.perform(this.issueTokens, vend.id, { vendId: vend.id });
  }
}
