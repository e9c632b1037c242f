import {
  type DecoderKey,
  decodeToken,
  enterToken,
  type MeterAnswer,
  type MeterKey,
  newMeter,
  restartedMeter,
  tamperedMeter,
} from '#tokens';
import type { AnswerWord, Entry, MeterBody, Plate } from './meter-body.js';

const TENTH_WH = 100n;

const WORDS: Readonly<Record<MeterAnswer, AnswerWord>> = {
  Accept: 'accepted',
  '1stKCT': 'key_section',
  '2ndKCT': 'key_section',
  '3rdKCT': 'key_section',
  '4thKCT': 'key_section',
  OverflowError: 'overflow',
  KeyTypeError: 'key_type_error',
  FormatError: 'format_error',
  FunctionError: 'function_error',
  OldError: 'old',
  UsedError: 'used',
  KeyExpiredError: 'key_change_needed',
  DDTKError: 'key_change_needed',
  CRCError: 'crc_error',
  MfrCodeError: 'manufacturer_error',
  Lockout: 'locked',
};

/** An STS meter: 20 digits, credit in energy. */
export class StsBody implements MeterBody {
  private state;
  /** Used of the tenth of a kWh on top of the register: 0 to 99. */
  private usedOfTenth = 0n;

  constructor(
    drn: string,
    key: MeterKey,
    /** The key that its utility will change it to; none where nothing is planned. */
    private readonly nextKey?: DecoderKey,
  ) {
    this.state = newMeter(drn, key);
  }

  enter(text: string, at: number): Entry {
    const { answer, meter, readings } = enterToken(this.state, text, new Date(at));
    const added = meter.creditTenths - this.state.creditTenths;
    this.state = meter;
    if (meter.creditTenths === 0n) this.usedOfTenth = 0n;
    const word = WORDS[answer];
    return {
      answer: word === 'crc_error' && this.isForNextKey(text) ? 'key_change_needed' : word,
      ...(added > 0n ? { addedWh: added * TENTH_WH } : {}),
      ...(readings.length > 0 ? { shown: readings } : {}),
    };
  }

  take(wattHours: number): number {
    if (this.state.tampered) return 0;
    const credit = this.creditWh();
    const taken = BigInt(wattHours) < credit ? BigInt(wattHours) : credit;
    const used = this.usedOfTenth + taken;
    this.usedOfTenth = used % TENTH_WH;
    this.state = { ...this.state, creditTenths: this.state.creditTenths - used / TENTH_WH };
    return Number(taken);
  }

  isClosed(): boolean {
    return !this.state.tampered && this.creditWh() > 0n;
  }

  plate(): Plate {
    const { key, tidStore, lockedUntil, tampered, powerLimit } = this.state;
    const { krn, kt, sgc, ti, ken, baseDate } = key;
    const powerLimitW = powerLimit === undefined ? undefined : Number(powerLimit);
    return {
      kind: 'sts',
      creditWh: this.creditWh(),
      activeUntil: null,
      usedTokens: tidStore.filter((tid) => tid > 0).length,
      lockedUntil,
      tampered,
      facts: { sgc, krn, kt, ti, ken, baseDate, powerLimitW },
    };
  }

  reads(token: string): boolean {
    return readsWith(this.state.key.key, token);
  }

  powerCut(): void {
    this.state = restartedMeter(this.state);
  }

  tamper(): void {
    this.state = tamperedMeter(this.state);
  }

  private creditWh(): bigint {
    return this.state.creditTenths * TENTH_WH - this.usedOfTenth;
  }

  private isForNextKey(token: string): boolean {
    return this.nextKey !== undefined && readsWith(this.nextKey, token);
  }
}

function readsWith(key: DecoderKey, token: string): boolean {
  const content = decodeToken(token, key);
  return content.ok && content.value.kind !== 'test';
}
