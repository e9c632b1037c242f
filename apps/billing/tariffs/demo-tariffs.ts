import { type Currency } from '#kernel';
import type { Tariff } from './tariff.entity.js';
import type { WrittenTerms } from './written-terms.js';

export type DemoTariff = Omit<Tariff, 'currency'> & { currency?: Currency; terms: WrittenTerms };

const TENTHS = { wattHours: 100, direction: 'down' } as const;
const LIMITS = { minimum: '1', maximum: '10000000', rounding: TENTHS };
const VAT_NIGERIA = { kind: 'vat', label: 'VAT 7.5 %', percent: '7.5' } as const;

/** In the deployment's currency: the demo's meters are sold at these. */
const OURS: DemoTariff[] = [
  {
    id: 'demo-residential',
    name: 'Residential',
    utility: 'Demo Electric',
    customerClass: 'residential',
    timeZone: 'Africa/Lagos',
    terms: { ...LIMITS, charges: [VAT_NIGERIA], blocks: [{ perKwh: '68' }] },
  },
  {
    id: 'demo-business',
    name: 'Business',
    utility: 'Demo Electric',
    customerClass: 'business',
    timeZone: 'Africa/Lagos',
    terms: { ...LIMITS, charges: [VAT_NIGERIA], blocks: [{ perKwh: '209' }] },
  },
  {
    id: 'demo-rising',
    name: 'Rising blocks',
    utility: 'Demo Electric',
    customerClass: 'social',
    timeZone: 'Africa/Lagos',
    terms: {
      ...LIMITS,
      charges: [
        { kind: 'fixed', label: 'Monthly charge', perMonth: '300', monthsAtMost: 3 },
        { kind: 'arrears', label: 'Old debt, 30 %', percent: '30' },
        VAT_NIGERIA,
      ],
      blocks: [{ untilKwh: 50, perKwh: '4' }, { untilKwh: 150, perKwh: '68' }, { perKwh: '90' }],
    },
  },
  {
    id: 'demo-solar',
    name: 'Solar home system, by the day',
    utility: 'Demo Solar',
    customerClass: 'solar',
    timeZone: 'Africa/Lagos',
    // At most 365 days at a time; one code carries 995.
    terms: { minimum: '1', maximum: '98100', charges: [VAT_NIGERIA], perDay: '250' },
  },
];

/**
 * In the shape of four countries, to see how far terms go; published prices of past years, to be checked before any
 * use. Their meters can be quoted, and bought for where wallets are in their currency.
 */
const COUNTRIES: DemoTariff[] = [
  {
    id: 'rw-residential',
    name: 'Rwanda, residential 2020',
    utility: 'Demo Rwanda',
    customerClass: 'residential',
    currency: 'RWF',
    timeZone: 'Africa/Kigali',
    // The published prices of the upper blocks have their VAT inside.
    terms: {
      ...LIMITS,
      minimum: '100',
      charges: [],
      blocks: [{ untilKwh: 15, perKwh: '89' }, { untilKwh: 50, perKwh: '212' }, { perKwh: '249' }],
    },
  },
  {
    id: 'ug-domestic',
    name: 'Uganda, domestic',
    utility: 'Demo Uganda',
    customerClass: 'domestic',
    currency: 'UGX',
    timeZone: 'Africa/Kampala',
    terms: {
      ...LIMITS,
      minimum: '1000',
      charges: [
        { kind: 'fixed', label: 'Service fee', perMonth: '3360', monthsAtMost: 12 },
        { kind: 'arrears', label: 'Old debt, 30 %', percent: '30' },
        { kind: 'vat', label: 'VAT 18 %', percent: '18' },
      ],
      blocks: [{ untilKwh: 15, perKwh: '250' }, { perKwh: '796.4' }],
    },
  },
  {
    id: 'ke-domestic-ordinary',
    name: 'Kenya, domestic ordinary',
    utility: 'Demo Kenya',
    customerClass: 'domestic-30-100',
    currency: 'KES',
    timeZone: 'Africa/Nairobi',
    // The band follows the average of three months, so it is a class of customers and no block.
    terms: {
      ...LIMITS,
      charges: [
        { kind: 'levy', label: 'Fuel cost', perKwh: '4.16' },
        { kind: 'levy', label: 'Foreign exchange', perKwh: '1.16' },
        { kind: 'levy', label: 'Inflation', perKwh: '0.46' },
        { kind: 'vat', label: 'VAT 16 %', percent: '16' },
        { kind: 'levy', label: 'Regulator levy', perKwh: '0.08' },
        { kind: 'levy', label: 'Water levy', perKwh: '0.0132' },
        { kind: 'levy', label: 'Rural levy 5 %', percent: '5' },
      ],
      blocks: [{ perKwh: '16.30' }],
    },
  },
  {
    id: 'ng-band-a',
    name: 'Nigeria, band A',
    utility: 'Demo Nigeria',
    customerClass: 'band-a',
    currency: 'NGN',
    timeZone: 'Africa/Lagos',
    terms: { ...LIMITS, charges: [VAT_NIGERIA], blocks: [{ perKwh: '209.50' }] },
  },
];

export const DEMO_TARIFFS: readonly DemoTariff[] = [...OURS, ...COUNTRIES];
