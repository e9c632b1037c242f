import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { runStsCommand } from './sts-command.js';

/** From where npm was called, which need not be where it runs its scripts. */
const read = (path: string) => readFileSync(resolve(process.env.INIT_CWD ?? '.', path), 'utf8');

const { lines, faults } = runStsCommand(process.argv.slice(2), read);
for (const line of lines) console.log(line);
for (const fault of faults) console.error(fault);
if (faults.length > 0) process.exitCode = 1;
