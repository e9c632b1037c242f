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
    rate: { type: 'string', default: '0.03' },
  },
});

const result = await playPurchases({
  count: Number(asked.count),
  seed: Number(asked.seed),
  shoppers: Number(asked.shoppers),
  thinkMillis: Number(asked.think),
  faultRate: Number(asked.rate),
  log: (line) => console.log(line),
});
console.log(purchaseFigures(result));
if (result.violations.length > 0) process.exitCode = 1;
