import { findRabbitmqServer } from '../../libs/testing/broker/private-broker.js';
import { figuresOf } from './figures.js';
import { FaultRun } from './run-faults.js';

const FAULTS = 100;
/** It takes three to five minutes on two cores that are its own. */
const MILLIS = 900_000;

// Its own broker and database, because it kills them.
const withBroker = findRabbitmqServer() ? describe : describe.skip;

withBroker('RabbitMQ, PostgreSQL, the network, Twilio and six processes break under load', () => {
  test(
    'nothing is lost, nothing is done twice, and the books add up',
    async () => {
      const seed = Number(process.env.WATTLINE_TEST_SEED ?? Math.floor(Math.random() * 1_000_000));
      const result = await FaultRun.play({ seed, count: FAULTS, hurry: true });
      const figures = figuresOf(result);
      console.log(figures);
      const { lost, duplicated, unbalanced, violations, surprises, forced } = result;
      expect({ lost, duplicated, unbalanced, violations, surprises, forced, seed }).toEqual({
        ...{ lost: [], duplicated: [], unbalanced: [], violations: [], surprises: [], forced: [], seed },
      });
      expect(result.faults).toBeGreaterThanOrEqual(FAULTS);
      expect(result.payments).toBeGreaterThan(100);
    },
    MILLIS,
  );
});
