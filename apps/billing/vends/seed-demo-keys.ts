import { newId } from '#kernel';
import type { Tx } from '#messaging';
import type { UnitOfWork } from '#persistence';
import { seal } from '#service-host';
import { checkDrn } from '#tokens';
import { keyIdOf, MeterKeys, VendingKey } from './meter-keys.entity.js';

/** A public test key, from the STS Association's compliance tests as quoted in public code: worth nothing. */
const TEST_VENDING_KEY = 'abababababababab949494949494949401234567';
export const TEST_KEY = { sgc: '201457', krn: 1, kt: 2, ti: '01', ea: '11', ken: 255, baseDate: 2014 };

/** Gives every meter of the registry that has no keys the demo's, so that tokens can be bought for it; repeatable. */
export async function seedDemoKeys(work: UnitOfWork<Tx>, secret: string): Promise<void> {
  await work.run({ correlationId: newId() }, async (tx) => {
    const sealedKey = seal(TEST_VENDING_KEY, secret, 'vending key');
    await tx.insertIfAbsent(VendingKey, { id: keyIdOf(TEST_KEY), sealedKey, isTest: true });
    const meters = await tx.query<{ number: string }>(
      'SELECT number FROM meters m WHERE NOT EXISTS (SELECT FROM meter_keys WHERE meter_number = m.number)',
    );
    for (const { number: meterNumber } of meters.filter(({ number }) => checkDrn(number).ok)) {
      await tx.insertIfAbsent(MeterKeys, { ...NO_KEYS, meterNumber, issuer: 'software', key: TEST_KEY });
    }
  });
}

const NO_KEYS = { changeTo: null, lastTid: -1, newLastTid: -1, paygo: null, count: 0, sealedKey: null };
