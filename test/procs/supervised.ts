// Loaded into every process of a fault run before its service. Its standard input is a pipe from the run: when that
// closes, the run has died without ending the process; a line of it is by how many milliseconds the clock is wrong.
import { createInterface } from 'node:readline';

const RightDate = Date;
const rightNow = Date.now.bind(Date);
let wrongByMillis = 0;

RightDate.now = () => rightNow() + wrongByMillis;
globalThis.Date = new Proxy(RightDate, {
  construct: (target, args: []) =>
    new target(...(args.length === 0 ? ([target.now()] as unknown as []) : args)),
});

createInterface({ input: process.stdin })
  .on('line', (line) => (wrongByMillis = Number(line)))
  .on('close', () => process.exit(1));
