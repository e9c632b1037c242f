import { Value } from '@sinclair/typebox/value';
import { type Currency, type FieldError, Money, ok, Problem, refuse, type Result } from '#kernel';
import {
  ENERGY_TERMS,
  TIME_TERMS,
  type WrittenBlocks,
  type WrittenCharge,
  type WrittenEnergyTerms,
  type WrittenTerms,
  type WrittenTimeTerms,
} from './written-terms.js';

export interface Block {
  /** Watt-hours of the month at which it ends; null: never. */
  untilWh: bigint | null;
  /** Minor units for 1,000 kWh: a price per kilowatt-hour may have three decimals more than its currency. */
  perMwh: bigint;
}

export type Charge =
  | { kind: 'fixed'; label: string; perMonth: bigint; monthsAtMost: number }
  | { kind: 'arrears'; label: string; basisPoints: bigint; atMost: bigint | null }
  | { kind: 'levy'; label: string; of: 'energy'; basisPoints: bigint }
  | { kind: 'levy'; label: string; of: 'units'; perMwh: bigint }
  | { kind: 'levy'; label: string; of: 'purchase'; amount: bigint }
  | { kind: 'vat'; label: string; basisPoints: bigint };

/** Where time is sold: as many of its thousandths as a kilowatt-hour has watt-hours. */
export const DAY = 1_000n;

/** What is sold: energy, or the time for which a device works. */
export type Unit = 'kwh' | 'day';

/**
 * How a purchase is priced: whole minor units, watt-hours and hundredths of a percent. Where days are sold, a day counts
 * as a kilowatt-hour does, and a thousandth of it as a watt-hour: the arithmetic is the same.
 */
export interface Terms {
  unit: Unit;
  /** In the order in which they are taken. VAT is on the energy and on what stands before it, but for arrears. */
  charges: Charge[];
  blocks: Block[];
  periods: { name: string; fromHour: number; untilHour: number; blocks: Block[] }[];
  minimum: bigint;
  maximum: bigint;
  rounding: { stepWh: bigint; direction: 'down' | 'nearest' };
}

/** Terms that were written: read exactly, or refused (validation_failed) with every fault and where it stands. */
export function readTerms(written: unknown, currency: Currency): Result<Terms> {
  const isTime = typeof written === 'object' && written !== null && 'perDay' in written;
  const shape = [...Value.Errors(isTime ? TIME_TERMS : ENERGY_TERMS, written)];
  if (shape.length > 0) {
    return refuse(
      wrongTerms(shape.slice(0, 10).map(({ path, message }) => ({ detail: message, pointer: at(path) }))),
    );
  }
  const reader = new Reader(currency);
  const read = isTime
    ? timeTerms(written as WrittenTimeTerms, reader)
    : energyTerms(written as WrittenEnergyTerms, reader);
  const faults = [...reader.faults, ...faultsOf(read)];
  return faults.length > 0 ? refuse(wrongTerms(faults)) : ok(read);
}

function energyTerms(terms: WrittenEnergyTerms, reader: Reader): Terms {
  return {
    unit: 'kwh',
    ...limitsAndCharges(terms, reader),
    blocks: reader.blocks(terms.blocks, '/blocks'),
    periods: (terms.timeOfUse ?? []).map((it, i) => ({
      ...it,
      blocks: reader.blocks(it.blocks, `/timeOfUse/${i}/blocks`),
    })),
    rounding: { stepWh: BigInt(terms.rounding.wattHours), direction: terms.rounding.direction },
  };
}

/** A code carries whole days. */
function timeTerms(terms: WrittenTimeTerms, reader: Reader): Terms {
  return {
    unit: 'day',
    ...limitsAndCharges(terms, reader),
    blocks: [{ untilWh: null, perMwh: reader.unitPrice(terms.perDay, '/perDay') }],
    periods: [],
    rounding: { stepWh: DAY, direction: 'down' },
  };
}

function limitsAndCharges({ charges, minimum, maximum }: WrittenTerms, reader: Reader) {
  return {
    charges: charges.map((it, i) => reader.charge(it, `/charges/${i}`)),
    minimum: reader.amount(minimum, '/minimum'),
    maximum: reader.amount(maximum, '/maximum'),
  };
}

function faultsOf({ charges, minimum, maximum, periods }: Terms): FieldError[] {
  const faults: FieldError[] = [];
  const known = (it: Charge) => it.kind === 'fixed' || (it.kind === 'levy' && it.of === 'purchase');
  const arrears = charges.findIndex(({ kind }) => kind === 'arrears');
  if (charges.slice(0, Math.max(arrears, 0)).some((it) => !known(it))) {
    const detail =
      'is a share of what is left: before it only fixed charges and levies per purchase are known';
    faults.push({ detail, pointer: at(`/charges/${arrears}`) });
  }
  for (const kind of ['fixed', 'arrears', 'vat'] as const) {
    if (charges.filter((it) => it.kind === kind).length > 1)
      faults.push({ detail: `has more than one charge of the kind ${kind}`, pointer: at('/charges') });
  }
  if (minimum > maximum) faults.push({ detail: 'is above the maximum', pointer: at('/minimum') });
  periods.forEach((it, i) => {
    if (it.fromHour >= it.untilHour)
      faults.push({ detail: 'must begin before it ends', pointer: at(`/timeOfUse/${i}`) });
    const other = periods
      .slice(0, i)
      .find(({ fromHour, untilHour }) => it.fromHour < untilHour && fromHour < it.untilHour);
    if (other) faults.push({ detail: `has hours of ${other.name}, too`, pointer: at(`/timeOfUse/${i}`) });
  });
  return faults;
}

const at = (path: string) => `#/terms${path}`;

function wrongTerms(errors: FieldError[]): Problem {
  return new Problem('validation_failed', 'these terms cannot be used', errors);
}

class Reader {
  readonly faults: FieldError[] = [];

  constructor(private readonly currency: Currency) {}

  amount(text: string, path: string): bigint {
    return this.scaled(text, Money.major(1n, this.currency).minor, path);
  }

  charge(written: WrittenCharge, path: string): Charge {
    const { kind, label } = written;
    if (kind === 'fixed') {
      const { perMonth, monthsAtMost } = written;
      return { kind, label, perMonth: this.amount(perMonth, `${path}/perMonth`), monthsAtMost };
    }
    if (kind === 'levy') {
      if ('perKwh' in written)
        return { kind, label, of: 'units', perMwh: this.price(written.perKwh, `${path}/perKwh`) };
      if ('perPurchase' in written)
        return {
          kind,
          label,
          of: 'purchase',
          amount: this.amount(written.perPurchase, `${path}/perPurchase`),
        };
      return { kind, label, of: 'energy', basisPoints: this.percent(written.percent, `${path}/percent`) };
    }
    const basisPoints = this.percent(written.percent, `${path}/percent`);
    if (kind === 'vat') return { kind, label, basisPoints };
    const { atMost } = written;
    return {
      kind,
      label,
      basisPoints,
      atMost: atMost === undefined ? null : this.amount(atMost, `${path}/atMost`),
    };
  }

  blocks(written: WrittenBlocks, path: string): Block[] {
    return written.map(({ untilKwh, perKwh: price }, i) => {
      const perMwh = this.unitPrice(price, `${path}/${i}/perKwh`);
      const last = i === written.length - 1;
      if (last !== (untilKwh === undefined))
        this.fault('the last block, and no other, has no end', `${path}/${i}`);
      if (untilKwh !== undefined && untilKwh <= (written[i - 1]?.untilKwh ?? 0))
        this.fault('must end after the block before', `${path}/${i}/untilKwh`);
      return { untilWh: untilKwh === undefined ? null : BigInt(untilKwh) * 1_000n, perMwh };
    });
  }

  /** Of a kilowatt-hour or of a day: nothing is sold for nothing. */
  unitPrice(text: string, path: string): bigint {
    const perMwh = this.price(text, path);
    if (perMwh === 0n) this.fault('must be above zero', path);
    return perMwh;
  }

  private price(text: string, path: string): bigint {
    return this.scaled(text, Money.major(1_000n, this.currency).minor, path);
  }

  private percent(text: string, path: string): bigint {
    const basisPoints = this.scaled(text, 100n, path);
    if (basisPoints > 10_000n) this.fault('must be at most 100', path);
    return basisPoints;
  }

  /** `scale` is a power of ten. */
  private scaled(text: string, scale: bigint, path: string): bigint {
    const [whole = '0', fraction = ''] = text.split('.');
    const decimals = String(scale).length - 1;
    if (fraction.length > decimals) this.fault(`has more than ${decimals} decimals`, path);
    return BigInt(whole + fraction.slice(0, decimals).padEnd(decimals, '0'));
  }

  private fault(detail: string, path: string): void {
    this.faults.push({ detail, pointer: at(path) });
  }
}
