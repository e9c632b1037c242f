import { Inject, Injectable } from '@nestjs/common';
import type { VendToken } from '#contracts';
import { Energy, newId } from '#kernel';
import type { Tx } from '#messaging';
import { seal, SETTINGS, unseal } from '#service-host';
import { AlertBell } from '../alerts/alert-bell.js';
import type { BillingSettings } from '../billing-settings.js';
import { MeterKeys } from './meter-keys.entity.js';
import { endVend } from './end-vend.js';
import type { IssuedToken } from './token-issuer.port.js';
import { type Vend, VendTokenRow } from './vend.entity.js';

const PURPOSE = 'token';

/** Tokens are written here, and read again by whoever may; at rest they are sealed. */
@Injectable()
export class KeepTokens {
  constructor(
    @Inject(SETTINGS) private readonly settings: BillingSettings,
    private readonly alertBell: AlertBell,
  ) {}

  /** The vend has ended well: its tokens are kept, and a meter that got a new key has it from now on. */
  async run(vend: Vend, tokens: IssuedToken[], reference: string | undefined, tx: Tx): Promise<void> {
    if (vend.device?.kind === 'sts' && vend.device.changeTo) await adoptKey(vend, tx);
    tokens.forEach(({ kind, token, units, days }, position) => {
      tx.insert(VendTokenRow, {
        id: newId(tx.now.getTime()),
        vendId: vend.id,
        ownerId: vend.ownerId,
        meterNumber: vend.meterNumber,
        position,
        kind,
        sealedToken: seal(token, this.settings.TOKEN_SECRET, PURPOSE),
        wattHours: units?.wattHours ?? null,
        days: days ?? null,
        issuedAt: tx.now,
      });
    });
    const carried = tokens.reduce((sum, { units }) => sum + (units?.wattHours ?? 0n), 0n);
    const wattHours = carried > 0n ? carried : vend.wattHours;
    await endVend(vend, { kind: 'issued', tokenCount: tokens.length, wattHours, reference }, tx);
    tx.afterCommit(() => this.alertBell.ring(vend.meterNumber));
  }

  open({ id, kind, sealedToken, wattHours, days }: VendTokenRow): VendToken {
    return {
      id,
      kind,
      token: unseal(sealedToken, this.settings.TOKEN_SECRET, PURPOSE),
      ...(wattHours !== null && Energy.ofWattHours(wattHours).toJSON()),
      ...(days !== null && { days }),
    };
  }
}

/** The customer has the tokens of the key change now, and what is made from here on is under the new key. */
async function adoptKey({ meterNumber, device }: Vend, tx: Tx): Promise<void> {
  const keys = await tx.load(MeterKeys, meterNumber);
  if (!keys?.changeTo || device?.kind !== 'sts' || !device.changeTo) return;
  const { sgc, krn, ti, baseDate } = keys.changeTo;
  const { changeTo } = device;
  const isSame =
    sgc === changeTo.sgc && krn === changeTo.krn && ti === changeTo.ti && baseDate === changeTo.baseDate;
  if (!isSame) return;
  tx.set(keys, { key: keys.changeTo, changeTo: null, lastTid: keys.newLastTid, newLastTid: -1 });
}
