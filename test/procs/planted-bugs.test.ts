import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { findRabbitmqServer } from '../../libs/testing/broker/private-broker.js';
import { FaultRun, type FaultRunOptions } from './run-faults.js';

// Each bug is one that such systems have had. A run that does not find it would not find ours.

const withBroker = findRabbitmqServer() ? describe : describe.skip;

const PLANTED: [bug: string, foundBy: RegExp, options: Partial<FaultRunOptions>][] = [
  ['./planted/ack-before-commit.js', /I6: .* has not reached/, { classes: ['crash', 'kill'], count: 60 }],
  ['./planted/no-inbox.js', /I8: event .* is in the trail 2 times/, { classes: ['crash'], count: 80 }],
  [
    './planted/publish-before-commit.js',
    /which nobody announced|was announced by nobody/,
    { classes: ['crash'], count: 60 },
  ],
  [
    './planted/no-hold-release.js',
    /I2: hold .* is open, its payment is PAID/,
    { classes: ['sms'], count: 5 },
  ],
  [
    './planted/balance-outside-the-lock.js',
    /I1: .*the balance is .* the transfers sum to/,
    {
      classes: ['sms'],
      count: 40,
      thinkMillis: 10,
      prepare: async ({ fleet }) => fleet.addInstance('wallet', 'wallet-2'),
    },
  ],
  [
    './planted/no-state-guard.js',
    /notification.messages .* went from delivered to/,
    { classes: ['sms'], count: 40 },
  ],
];

withBroker('a planted bug is found', () => {
  test.each(PLANTED)(
    '%s',
    async (bug, foundBy, options) => {
      const module = pathToFileURL(join(process.cwd(), 'dist/test/procs', bug)).href;
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
