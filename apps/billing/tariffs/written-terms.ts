import { type Static, Type } from '@sinclair/typebox';

const decimal = (description: string) => Type.String({ pattern: '^\\d{1,9}(\\.\\d{1,5})?$', description });
const amount = decimal('major units');
const perKwh = decimal('major units for a kilowatt-hour; up to three decimals more than the currency has');
const percent = Type.String({ pattern: '^\\d{1,3}(\\.\\d{1,2})?$', description: 'as 7.5' });
const label = Type.String({ minLength: 1, maxLength: 40 });
const closed = { additionalProperties: false };

const fixed = Type.Object(
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
);
const arrears = Type.Object(
  { kind: Type.Literal('arrears'), label, percent, atMost: Type.Optional(amount) },
  { ...closed, description: 'a share of what is left of the purchase, until the debt is paid' },
);
const levyOnPrice = Type.Object(
  { kind: Type.Literal('levy'), label, percent },
  { ...closed, description: 'of the energy' },
);
const levyPerKwh = Type.Object({ kind: Type.Literal('levy'), label, perKwh }, closed);
const levyPerPurchase = Type.Object({ kind: Type.Literal('levy'), label, perPurchase: amount }, closed);
const vat = Type.Object(
  { kind: Type.Literal('vat'), label, percent },
  { ...closed, description: 'on the energy and on the fixed charges and levies that stand before it' },
);
const charge = Type.Union([fixed, arrears, levyOnPrice, levyPerKwh, levyPerPurchase, vat]);
const inOrder = { maxItems: 20, description: 'in the order in which they are taken' };
const blocks = Type.Array(
  Type.Object({ untilKwh: Type.Optional(Type.Integer({ minimum: 1, maximum: 1_000_000 })), perKwh }, closed),
  { minItems: 1, maxItems: 10, description: 'kilowatt-hours of the month; the last block has no end' },
);

export const ENERGY_TERMS = Type.Object(
  {
    charges: Type.Array(charge, inOrder),
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

/** For devices that are paid by time: whole days at one price. A charge of the energy is one of the time here. */
export const TIME_TERMS = Type.Object(
  {
    charges: Type.Array(Type.Union([fixed, arrears, levyOnPrice, levyPerPurchase, vat]), inOrder),
    perDay: decimal('major units for a day'),
    minimum: amount,
    maximum: amount,
  },
  closed,
);

/** Terms as operators write them and as they are stored. Decimal strings in major units of the tariff's currency. */
export const TERMS_SCHEMA = Type.Union([ENERGY_TERMS, TIME_TERMS]);

export type WrittenEnergyTerms = Static<typeof ENERGY_TERMS>;
export type WrittenTimeTerms = Static<typeof TIME_TERMS>;
export type WrittenTerms = WrittenEnergyTerms | WrittenTimeTerms;
export type WrittenCharge = WrittenEnergyTerms['charges'][number];
export type WrittenBlocks = WrittenEnergyTerms['blocks'];
