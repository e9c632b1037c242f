import { parseArgs } from 'node:util';
import { purchaseFigures } from './figures.js';
import { playPurchases } from './run-purchases.js';

// `npm run faults:purchases -- --count 1000 --seed 7`: purchases while issuers fail, and billing and payment are killed.
const { values: asked } = parseArgs({
  options: {
    count: { type: 'string', default: '1000' },
    seed: { type: 'string', default: String(Math.floor(Math.random() * 1_000_000)) },
    shoppers: { type: 'string', default: '12' },
    think: { type: 'string', default: '400' },
    work: { type: 'string', default: '3000' },
    rate: { type: 'string', default: '0.03' },
  },
});

// Ctrl-C: no further purchases; everything that was started is ended.
const stop = new AbortController();
process.once('SIGINT', () => stop.abort());
process.once('SIGTERM', () => stop.abort());

const result = await playPurchases({
  count: Number(asked.count),
  seed: Number(asked.seed),
  shoppers: Number(asked.shoppers),
  thinkMillis: Number(asked.think),
  faultRate: Number(asked.rate),
  workMillis: Number(asked.work),
  signal: stop.signal,
  log: (line) => console.log(line),
});
console.log(purchaseFigures(result));
if (result.violations.length > 0) process.exitCode = 1;
