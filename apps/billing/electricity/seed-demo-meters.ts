import { type Currency, Money, newId } from '#kernel';
import type { Tx } from '#messaging';
import type { UnitOfWork } from '#persistence';
import { Meter } from './meter.entity.js';
import { Tariff } from './tariff.entity.js';

const TARIFFS = [
  { id: 'demo-residential', name: 'Residential', pricePerKwh: 68n, vatBasisPoints: 750 },
  { id: 'demo-business', name: 'Business', pricePerKwh: 209n, vatBasisPoints: 750 },
];

const METERS: Meter[] = [
  { number: '04123456784', holderName: 'Amina Bello', area: 'Ikeja, Lagos', tariffId: 'demo-residential' },
  {
    number: '04123456792',
    holderName: 'Chinedu Okafor',
    area: 'Surulere, Lagos',
    tariffId: 'demo-residential',
  },
  { number: '04987654326', holderName: 'Sunrise Academy', area: 'Wuse, Abuja', tariffId: 'demo-business' },
];

/** Meters and prices to try Wattline with; repeatable. Never in production: its meters are the utility's. */
export async function seedDemoMeters(work: UnitOfWork<Tx>, currency: Currency = 'NGN'): Promise<void> {
  await work.run({ correlationId: newId() }, async (tx) => {
    for (const tariff of TARIFFS) {
      const pricePerKwh = Money.major(tariff.pricePerKwh, currency).minor;
      await tx.insertIfAbsent(Tariff, { ...tariff, currency, pricePerKwh });
    }
    for (const meter of METERS) await tx.insertIfAbsent(Meter, { ...meter });
  });
}
