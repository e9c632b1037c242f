import { Problem } from './problems.js';
import { ok, refuse, type Result } from './result.js';

/** Electric energy as a whole number of watt-hours. Never a float. */
export class Energy {
  private constructor(readonly wattHours: bigint) {}

  static ofWattHours(wattHours: bigint): Energy {
    return new Energy(wattHours);
  }

  /** Reads kilowatt-hours, a JSON number or a decimal string with up to three decimals. Refusal: validation_failed. */
  static parse(value: unknown): Result<Energy> {
    const text = typeof value === 'number' ? String(value) : value;
    const match = typeof text === 'string' ? /^(\d{1,12})(?:\.(\d{1,3}))?$/.exec(text) : null;
    if (!match) {
      const detail = 'must be kilowatt-hours with at most three decimals';
      return refuse(new Problem('validation_failed', `kwh ${detail}`, [{ detail, pointer: '#/kwh' }]));
    }
    return ok(new Energy(BigInt(match[1]! + (match[2] ?? '').padEnd(3, '0'))));
  }

  plus(other: Energy): Energy {
    return new Energy(this.wattHours + other.wattHours);
  }

  /** Kilowatt-hours as a decimal without trailing zeros: `12.345`, `0.1`, `50`. */
  get kwh(): string {
    const sign = this.wattHours < 0n ? '-' : '';
    const digits = (this.wattHours < 0n ? -this.wattHours : this.wattHours).toString().padStart(4, '0');
    const fraction = digits.slice(-3).replace(/0+$/, '');
    return sign + digits.slice(0, -3) + (fraction ? `.${fraction}` : '');
  }

  toJSON(): { kwh: string } {
    return { kwh: this.kwh };
  }
}
