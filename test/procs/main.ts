import { parseArgs } from 'node:util';
import { figuresOf, isClean } from './figures.js';
import { FaultRun } from './run-faults.js';

// `npm run faults -- --count 1000 --seed 7 --classes kill,crash --rates --hurry`: six processes under load and faults.
const { values: asked } = parseArgs({
  options: {
    count: { type: 'string', default: '200' },
    seed: { type: 'string', default: String(Math.floor(Math.random() * 1_000_000)) },
    classes: { type: 'string', default: '' },
    customers: { type: 'string', default: '12' },
    // The longer customers think, the less a busy machine shows in their rate.
    think: { type: 'string', default: '150' },
    rates: { type: 'boolean', default: false },
    hurry: { type: 'boolean', default: false },
  },
});

// Ctrl-C: no further faults; everything that was started is ended.
const stop = new AbortController();
process.once('SIGINT', () => stop.abort());
process.once('SIGTERM', () => stop.abort());

const result = await FaultRun.play({
  count: Number(asked.count),
  seed: Number(asked.seed),
  classes: asked.classes.split(',').filter(Boolean),
  customers: Number(asked.customers),
  thinkMillis: Number(asked.think),
  rates: asked.rates,
  hurry: asked.hurry,
  signal: stop.signal,
  log: (line) => console.log(line),
});
console.log(figuresOf(result));
if (!isClean(result)) process.exitCode = 1;
