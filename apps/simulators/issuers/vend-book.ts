import type { Clock } from '#kernel';
import { buildDecoderKey, checkDrn, DEMO_STS, issueCredit, nextTid } from '#tokens';
import { Ring } from '../ring.js';

export type IssuerKind = 'stron' | 'calin' | 'prism';

/** Credit that an issuer has made: whoever has the token has the energy. */
export interface MadeVend {
  at: number;
  issuer: IssuerKind;
  /** As the caller named it; Stron and Calin know none but a header. */
  requestId: string;
  meterNumber: string;
  tid: number;
  /** What the token carries, in tenths of a kWh. */
  tenths: number;
  token: string;
}

export interface VendOrder {
  issuer: IssuerKind;
  requestId: string;
  meterNumber: string;
  tenths: bigint;
}

const VENDS_MAX = 100_000;

/** What the issuers have really made, whatever they answered: the truth for "no second vend". */
export class VendBook {
  readonly vends = new Ring<MadeVend>(VENDS_MAX);
  private readonly lastTid = new Map<string, number>();

  constructor(private readonly clock: Clock) {}

  /** Real tokens, under the demo's test key. Undefined for a meter that cannot be, and for too much. */
  make({ issuer, requestId, meterNumber, tenths }: VendOrder): MadeVend | undefined {
    if (!checkDrn(meterNumber).ok) return undefined;
    const key = buildDecoderKey({ drn: meterNumber, ...DEMO_STS });
    const now = this.clock.now();
    const tid = nextTid(now, DEMO_STS.baseDate, this.lastTid.get(meterNumber) ?? -1);
    if (!key.ok || !tid.ok) return undefined;
    const credit = issueCredit(key.value, { tenths, tid: tid.value, rnd: tid.value % 16 });
    if (!credit.ok) return undefined;
    this.lastTid.set(meterNumber, tid.value);
    const { token, actualTenths } = credit.value;
    const made = { issuer, requestId, meterNumber, tid: tid.value, token, tenths: Number(actualTenths) };
    const vend: MadeVend = { at: now.getTime(), ...made };
    this.vends.push(vend);
    return vend;
  }

  /** The one before, of the same meter if there is one. */
  before(vend: MadeVend): MadeVend | undefined {
    const earlier = [...this.vends.newestFirst()].filter((it) => it !== vend && it.issuer === vend.issuer);
    return earlier.find(({ meterNumber }) => meterNumber === vend.meterNumber) ?? earlier[0];
  }

  of(requestId: string): MadeVend[] {
    return [...this.vends.newestFirst()].filter((it) => it.requestId === requestId);
  }
}
