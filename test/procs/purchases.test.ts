import { findRabbitmqServer } from '../../libs/testing/broker/private-broker.js';
import { purchaseFigures } from './purchases/figures.js';
import { playPurchases } from './purchases/run-purchases.js';

const PURCHASES = 60;
/** It takes half a minute on two cores that are its own. */
const MILLIS = 300_000;

// Its own broker and database, beside processes that it kills.
const withBroker = findRabbitmqServer() ? describe : describe.skip;

withBroker('issuers fail in every way while billing and payment are killed', () => {
  test(
    'every purchase ends in one token or no charge, or is in doubt until operators settle it; nothing is made twice',
    async () => {
      const seed = Number(process.env.WATTLINE_TEST_SEED ?? Math.floor(Math.random() * 1_000_000));
      const result = await playPurchases({ seed, count: PURCHASES, faultRate: 0.05 });
      console.log(purchaseFigures(result));
      const { violations, purchases, paid, failed, inDoubt } = result;
      expect({ violations, purchases, seed }).toEqual({ violations: [], purchases: PURCHASES, seed });
      expect(paid + failed + inDoubt).toBe(PURCHASES);
      expect(paid).toBeGreaterThan(PURCHASES / 4);
    },
    MILLIS,
  );
});
