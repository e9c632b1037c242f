/** Electric energy as a whole number of watt-hours. Never a float. */
export class Energy {
  private constructor(readonly wattHours: bigint) {}

  static ofWattHours(wattHours: bigint): Energy {
    return new Energy(wattHours);
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
