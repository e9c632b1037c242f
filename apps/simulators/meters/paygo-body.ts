import { type DeviceAnswer, type DeviceFacts, enterCode, newDevice } from '#tokens';
import type { AnswerWord, Entry, MeterBody, Plate } from './meter-body.js';

const WORDS: Readonly<Record<DeviceAnswer, AnswerWord>> = {
  valid: 'accepted',
  already_used: 'used',
  // The code of another device, one mistyped: nobody can tell which, as with the check of an STS token.
  invalid: 'crc_error',
  blocked: 'locked',
};

export interface PaygoStart {
  count?: number;
  /** Steps of time in a day. */
  timeDivider?: number;
}

/** An OpenPAYGO device: nine digits (or fifteen of 1 to 4), credit in time. */
export class PaygoBody implements MeterBody {
  private device;
  private accepted = 0;

  constructor(
    private readonly facts: DeviceFacts,
    at: number,
    { count = 0, timeDivider = 1 }: PaygoStart,
  ) {
    this.device = newDevice(facts, new Date(at), count, timeDivider);
  }

  enter(text: string, at: number): Entry {
    if (!this.isCode(text)) return { answer: 'format_error' };
    const before = this.device.activeUntil;
    const { answer, device } = enterCode(this.device, text, new Date(at));
    this.device = device;
    if (answer !== 'valid') return { answer: WORDS[answer] };
    this.accepted += 1;
    const { activeUntil } = device;
    if (activeUntil === 'unlocked' || before === 'unlocked') return { answer: 'accepted' };
    const addedMs = activeUntil - Math.max(before, at);
    return { answer: 'accepted', ...(addedMs > 0 ? { addedMs } : {}) };
  }

  take(wattHours: number, from: number, to: number): number {
    const { activeUntil } = this.device;
    if (activeUntil === 'unlocked' || activeUntil >= to) return wattHours;
    return activeUntil <= from ? 0 : Math.floor((wattHours * (activeUntil - from)) / (to - from));
  }

  isClosed(at: number): boolean {
    const { activeUntil } = this.device;
    return activeUntil === 'unlocked' || activeUntil > at;
  }

  plate(): Plate {
    const { activeUntil, blockedUntil, count, timeDivider } = this.device;
    return {
      kind: 'openpaygo',
      creditWh: null,
      activeUntil,
      usedTokens: this.accepted,
      lockedUntil: blockedUntil,
      tampered: false,
      facts: { count, timeDivider },
    };
  }

  /** Codes of devices are too short to be told apart: one in a few million fits another device. */
  reads(): boolean {
    return false;
  }

  /** A device remembers everything. */
  powerCut(): void {}

  /** OpenPAYGO knows no such thing. */
  tamper(): void {}

  private isCode(text: string): boolean {
    return this.facts.restrictedDigitSet ? /^[1-4]{15}$/.test(text) : /^\d{9}$/.test(text);
  }
}
