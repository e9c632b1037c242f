import { createHmac } from 'node:crypto';
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
const STS_DIGITS = 20;

/** Rows of a question, inside a transaction or outside. */
type Ask = (sql: string, values: unknown[]) => Promise<object[]>;

/** Tokens are written here, and read again by whoever may; at rest they are sealed. */
@Injectable()
export class KeepTokens {
  constructor(
    @Inject(SETTINGS) private readonly settings: BillingSettings,
    private readonly alertBell: AlertBell,
  ) {}

  /** One of the tokens was given for another vend: the meter takes it once, so it is worth nothing to this customer. */
  async areGivenAway(vend: Vend, tokens: IssuedToken[], ask: Ask): Promise<boolean> {
    const known = tokens.flatMap((token) => this.fingerprintOf(token) ?? []);
    if (known.length === 0) return false;
    const sql = 'SELECT 1 FROM vend_tokens WHERE fingerprint = ANY($1) AND vend_id <> $2 LIMIT 1';
    return (await ask(sql, [known, vend.id])).length > 0;
  }

  /** The vend has ended well: its tokens are kept, and a meter that got a new key has it from now on. */
  async run(vend: Vend, tokens: IssuedToken[], reference: string | undefined, tx: Tx): Promise<void> {
    if (tokens.some(({ kind }) => kind === 'key_change')) await adoptKey(vend, tx);
    tokens.forEach((issued, position) => {
      const { kind, token, units, days } = issued;
      tx.insert(VendTokenRow, {
        id: newId(tx.now.getTime()),
        vendId: vend.id,
        ownerId: vend.ownerId,
        meterNumber: vend.meterNumber,
        position,
        kind,
        sealedToken: seal(token, this.settings.TOKEN_SECRET, PURPOSE),
        fingerprint: this.fingerprintOf(issued),
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

  /** None of a key change, which is the same for two vends before it, nor of the short codes of other devices. */
  private fingerprintOf({ kind, token }: IssuedToken): string | null {
    if (kind !== 'credit' || token.length !== STS_DIGITS) return null;
    const hmac = createHmac('sha256', this.settings.TOKEN_SECRET);
    return hmac.update(`token fingerprint ${token}`).digest('base64url');
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
