import { type Clock, type Currency, dayIn, Money, newId } from '#kernel';
import type { Tx } from '#messaging';
import type { UnitOfWork } from '#persistence';
import { DEMO_PAYGO } from '#tokens';
import { DEMO_TARIFFS } from '../tariffs/demo-tariffs.js';
import { Tariff } from '../tariffs/tariff.entity.js';
import { TariffVersion, versionId } from '../tariffs/tariff-version.entity.js';
import { Meter } from './meter.entity.js';
import type { MeterKind } from './meter-number.rules.js';

/** The first day of the demo's prices. */
const VALID_FROM = '2020-01-01';

const METERS = [
  { number: '04123456784', holderName: 'Amina Bello', area: 'Ikeja, Lagos', tariffId: 'demo-residential' },
  {
    number: '04123456792',
    holderName: 'Chinedu Okafor',
    area: 'Surulere, Lagos',
    tariffId: 'demo-residential',
  },
  { number: '04987654326', holderName: 'Sunrise Academy', area: 'Wuse, Abuja', tariffId: 'demo-business' },
  {
    number: '04111222339',
    holderName: 'Halima Sani',
    area: 'Bodija, Ibadan',
    tariffId: 'demo-rising',
    arrears: 1_500n,
  },
  {
    number: DEMO_PAYGO.number,
    kind: 'openpaygo' as const,
    holderName: 'Danladi Musa',
    area: 'Kura, Kano',
    tariffId: 'demo-solar',
  },
];

/** Meters and prices to try Wattline with; repeatable. Never in production: its meters are the utility's. */
export async function seedDemoMeters(
  work: UnitOfWork<Tx>,
  clock: Clock,
  currency: Currency = 'NGN',
): Promise<void> {
  await work.run({ correlationId: newId() }, async (tx) => {
    for (const { terms, ...tariff } of DEMO_TARIFFS) {
      await tx.insertIfAbsent(Tariff, { currency, ...tariff });
      const version = { tariffId: tariff.id, validFrom: VALID_FROM, terms };
      await tx.insertIfAbsent(TariffVersion, { id: versionId(tariff.id, VALID_FROM), ...version });
    }
    const chargedFrom = dayIn('Africa/Lagos', clock.now()).slice(0, 7);
    for (const { arrears = 0n, ...meter } of METERS) {
      const row = {
        kind: 'sts' as MeterKind,
        status: 'active',
        arrears: Money.major(arrears, currency).minor,
      } as const;
      await tx.insertIfAbsent(Meter, { ...row, ...meter, chargedFrom });
    }
  });
}
