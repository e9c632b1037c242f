import { newId } from '#kernel';
import type { Tx } from '#messaging';
import type { UnitOfWork } from '#persistence';
import { seal } from '#service-host';
import { checkDrn, DEMO_PAYGO, DEMO_STS } from '#tokens';
import { DEVICE_KEY_PURPOSE } from '../issuers/openpaygo.issuer.js';
import { keyIdOf, MeterKeys, VendingKey } from './meter-keys.entity.js';
import type { StsKeyName } from './token-issuer.port.js';

const { vendingKeyHex, ...facts } = DEMO_STS;
export const TEST_KEY: StsKeyName = facts;

/** Gives every meter of the registry that has no keys the demo's, so that tokens can be bought for it; repeatable. */
export async function seedDemoKeys(work: UnitOfWork<Tx>, secret: string): Promise<void> {
  await work.run({ correlationId: newId() }, async (tx) => {
    const sealedKey = seal(vendingKeyHex, secret, 'vending key');
    await tx.insertIfAbsent(VendingKey, { id: keyIdOf(TEST_KEY), sealedKey, isTest: true });
    const meters = await tx.query<{ number: string }>(
      'SELECT number FROM meters m WHERE NOT EXISTS (SELECT FROM meter_keys WHERE meter_number = m.number)',
    );
    const { number, keyHex, startingCode, timeDivider } = DEMO_PAYGO;
    if (meters.some((it) => it.number === number)) {
      const paygo = { startingCode, timeDivider, restrictedDigits: false, isTest: true } as const;
      const sealed = { sealedKey: seal(keyHex, secret, DEVICE_KEY_PURPOSE), paygo };
      await tx.insertIfAbsent(MeterKeys, {
        ...{ ...NO_KEYS, ...sealed },
        ...{ meterNumber: number, issuer: 'openpaygo' as const, key: null },
      });
    }
    for (const { number: meterNumber } of meters.filter(({ number }) => checkDrn(number).ok)) {
      await tx.insertIfAbsent(MeterKeys, { ...NO_KEYS, meterNumber, issuer: 'software', key: TEST_KEY });
    }
  });
}

const NO_KEYS = { changeTo: null, lastTid: -1, newLastTid: -1, paygo: null, count: 0, sealedKey: null };
