import type { Clock } from '#kernel';
import { buildDecoderKey, checkDrn, DEMO_STS, issueCredit, issueKeyChange, nextTid } from '#tokens';
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
  /** The tokens of a key change, to be keyed in before it. */
  keyChange: string[];
}

export interface VendOrder {
  issuer: IssuerKind;
  requestId: string;
  meterNumber: string;
  tenths: bigint;
  /** The meter is to get this key first. */
  changeTo?: { sgc: string; krn: number; ti: string };
}

const VENDS_MAX = 100_000;

/** What the issuers have really made, whatever they answered: the truth for "no second vend". */
export class VendBook {
  readonly vends = new Ring<MadeVend>(VENDS_MAX);
  private readonly first = new Map<IssuerKind, MadeVend>();
  private readonly lastTid = new Map<string, number>();

  constructor(private readonly clock: Clock) {}

  /** Real tokens, under the demo's test key. Undefined for a meter that cannot be, and for too much. */
  make({ issuer, requestId, meterNumber, tenths, changeTo }: VendOrder): MadeVend | undefined {
    if (!checkDrn(meterNumber).ok) return undefined;
    const old = { drn: meterNumber, ...DEMO_STS };
    const facts = { ...old, ...changeTo };
    const key = buildDecoderKey(facts);
    const change = changeTo && issueKeyChange(old, facts);
    const now = this.clock.now();
    const tid = nextTid(now, DEMO_STS.baseDate, this.lastTid.get(meterNumber) ?? -1);
    if (!key.ok || !tid.ok || change?.ok === false) return undefined;
    const credit = issueCredit(key.value, { tenths, tid: tid.value, rnd: tid.value % 16 });
    if (!credit.ok) return undefined;
    this.lastTid.set(meterNumber, tid.value);
    const { token, actualTenths } = credit.value;
    const made = { issuer, requestId, meterNumber, tid: tid.value, token, tenths: Number(actualTenths) };
    const keyChange = change?.value.map((it) => it.token) ?? [];
    const vend: MadeVend = { at: now.getTime(), ...made, keyChange };
    this.vends.push(vend);
    if (!this.first.has(issuer)) this.first.set(issuer, vend);
    return vend;
  }

  /** The first one that the issuer made. */
  firstOf(issuer: IssuerKind): MadeVend | undefined {
    return this.first.get(issuer);
  }

  of(requestId: string): MadeVend[] {
    return [...this.vends.newestFirst()].filter((it) => it.requestId === requestId);
  }
}
