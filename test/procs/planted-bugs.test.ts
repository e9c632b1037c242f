import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { findRabbitmqServer } from '../../libs/testing/broker/private-broker.js';
import { FaultRun, type FaultRunOptions } from './run-faults.js';

// Each bug is one that such systems have had. A run that does not find it would not find ours.

const withBroker = findRabbitmqServer() ? describe : describe.skip;

const PLANTED: [bug: string, foundBy: RegExp, options: Partial<FaultRunOptions>][] = [
  ['ack-before-commit', /I6: .* has not reached/, { classes: ['crash', 'kill'], count: 60 }],
  ['no-inbox', /I8: event .* is in the trail 2 times/, { classes: ['crash'], count: 80 }],
  [
    'publish-before-commit',
    /which nobody announced|was announced by nobody/,
    { classes: ['crash'], count: 60 },
  ],
  ['no-hold-release', /I2: hold .* is open, its payment is PAID/, { classes: ['sms'], count: 5 }],
  [
    'balance-outside-the-lock',
    /I1: .*the balance is .* the transfers sum to/,
    {
      classes: ['sms'],
      count: 40,
      thinkMillis: 10,
      prepare: async ({ fleet }) => fleet.addInstance('wallet', 'wallet-2'),
    },
  ],
  ['no-state-guard', /notification.messages .* went from delivered to/, { classes: ['sms'], count: 40 }],
];

withBroker('a planted bug is found', () => {
  test.each(PLANTED)(
    '%s',
    async (bug, foundBy, options) => {
      const module = pathToFileURL(join(process.cwd(), 'dist/test/procs/planted', `${bug}.js`)).href;
      const { violations, unbalanced } = await FaultRun.play({
        seed: 1,
        count: 1,
        settleMillis: 12_000,
        ...options,
        world: { nodeOptions: ['--import', module] },
      });
      expect([...violations, ...unbalanced].join('\n')).toMatch(foundBy);
    },
    180_000,
  );
});
