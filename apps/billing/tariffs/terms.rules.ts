import { type Static, Type } from '@sinclair/typebox';
import { Value } from '@sinclair/typebox/value';
import { type Currency, type FieldError, Money, ok, Problem, refuse, type Result } from '#kernel';

const decimal = (description: string) => Type.String({ pattern: '^\\d{1,9}(\\.\\d{1,5})?$', description });
const amount = decimal('major units');
const perKwh = decimal('major units for a kilowatt-hour; up to three decimals more than the currency has');
const percent = Type.String({ pattern: '^\\d{1,3}(\\.\\d{1,2})?$', description: 'as 7.5' });
const label = Type.String({ minLength: 1, maxLength: 40 });
const closed = { additionalProperties: false };

const charge = Type.Union([
  Type.Object(
    {
      kind: Type.Literal('fixed'),
      label,
      perMonth: amount,
      monthsAtMost: Type.Integer({ minimum: 1, maximum: 24 }),
    },
    {
      ...closed,
      description: 'with the first purchase of a month; months without one pile up to monthsAtMost',
    },
  ),
  Type.Object(
    { kind: Type.Literal('arrears'), label, percent, atMost: Type.Optional(amount) },
    { ...closed, description: 'a share of what is left of the purchase, until the debt is paid' },
  ),
  Type.Object({ kind: Type.Literal('levy'), label, percent }, { ...closed, description: 'of the energy' }),
  Type.Object({ kind: Type.Literal('levy'), label, perKwh }, closed),
  Type.Object({ kind: Type.Literal('levy'), label, perPurchase: amount }, closed),
  Type.Object(
    { kind: Type.Literal('vat'), label, percent },
    { ...closed, description: 'on the energy and on the fixed charges and levies that stand before it' },
  ),
]);
const blocks = Type.Array(
  Type.Object({ untilKwh: Type.Optional(Type.Integer({ minimum: 1, maximum: 1_000_000 })), perKwh }, closed),
  { minItems: 1, maxItems: 10, description: 'kilowatt-hours of the month; the last block has no end' },
);

/** Terms as operators write them and as they are stored. Decimal strings in major units of the tariff's currency. */
export const TERMS_SCHEMA = Type.Object(
  {
    charges: Type.Array(charge, { maxItems: 20, description: 'in the order in which they are taken' }),
    blocks,
    timeOfUse: Type.Optional(
      Type.Array(
        Type.Object(
          {
            name: label,
            fromHour: Type.Integer({ minimum: 0, maximum: 23 }),
            untilHour: Type.Integer({ minimum: 1, maximum: 24 }),
            blocks,
          },
          closed,
        ),
        { maxItems: 6, description: 'hours of the utility’s day with blocks of their own' },
      ),
    ),
    minimum: amount,
    maximum: amount,
    rounding: Type.Object(
      {
        // A token carries tenths of a kilowatt-hour: what the receipt says is then what it carries.
        wattHours: Type.Integer({ minimum: 100, maximum: 10_000, multipleOf: 100 }),
        direction: Type.Union([Type.Literal('down'), Type.Literal('nearest')]),
      },
      closed,
    ),
  },
  closed,
);

export type WrittenTerms = Static<typeof TERMS_SCHEMA>;
type WrittenCharge = WrittenTerms['charges'][number];
type WrittenBlocks = WrittenTerms['blocks'];

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

/** How a purchase is priced: whole minor units, watt-hours and hundredths of a percent. */
export interface Terms {
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
  const shape = [...Value.Errors(TERMS_SCHEMA, written)];
  if (shape.length > 0) {
    return refuse(
      wrongTerms(shape.slice(0, 10).map(({ path, message }) => ({ detail: message, pointer: at(path) }))),
    );
  }
  const terms = written as WrittenTerms;
  const reader = new Reader(currency);
  const read: Terms = {
    charges: terms.charges.map((it, i) => reader.charge(it, `/charges/${i}`)),
    blocks: reader.blocks(terms.blocks, '/blocks'),
    periods: (terms.timeOfUse ?? []).map((it, i) => ({
      ...it,
      blocks: reader.blocks(it.blocks, `/timeOfUse/${i}/blocks`),
    })),
    minimum: reader.amount(terms.minimum, '/minimum'),
    maximum: reader.amount(terms.maximum, '/maximum'),
    rounding: { stepWh: BigInt(terms.rounding.wattHours), direction: terms.rounding.direction },
  };
  const faults = [...reader.faults, ...faultsOf(read)];
  return faults.length > 0 ? refuse(wrongTerms(faults)) : ok(read);
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
      const perMwh = this.price(price, `${path}/${i}/perKwh`);
      if (perMwh === 0n) this.fault('must be above zero', `${path}/${i}/perKwh`);
      const last = i === written.length - 1;
      if (last !== (untilKwh === undefined))
        this.fault('the last block, and no other, has no end', `${path}/${i}`);
      if (untilKwh !== undefined && untilKwh <= (written[i - 1]?.untilKwh ?? 0))
        this.fault('must end after the block before', `${path}/${i}/untilKwh`);
      return { untilWh: untilKwh === undefined ? null : BigInt(untilKwh) * 1_000n, perMwh };
    });
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
