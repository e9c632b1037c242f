import { existsSync } from 'node:fs';
import { once } from 'node:events';
import { createInterface, type Interface } from 'node:readline/promises';
import { Writable } from 'node:stream';
import { WrongSettings } from '#service-host';
import { makeOperator, operatorSettings } from './accounts/operator-command.js';

const USAGE = `npm run operator -- <phone> [name]
Makes an operator in the database at DATABASE_URL. The password is asked for, or taken from
WATTLINE_OPERATOR_PASSWORD. Needs CONTACT_SECRET, the same as the gateway's.`;

/** Reads a line from the terminal without showing it. */
async function askPassword(): Promise<string> {
  process.stderr.write('Password (at least 10 characters): ');
  const silence = new Writable({ write: (_chunk, _encoding, done) => done() });
  const terminal = createInterface({ input: process.stdin, output: silence, terminal: process.stdin.isTTY });
  try {
    return await Promise.race([terminal.question(''), endOf(terminal)]);
  } finally {
    terminal.close();
    process.stderr.write('\n');
  }
}

async function endOf(terminal: Interface): Promise<never> {
  await once(terminal, 'close');
  throw new Error('no password was given');
}

async function main([phone, ...name]: string[]): Promise<string> {
  if (!phone) return fail(USAGE);
  try {
    if (existsSync('.env')) process.loadEnvFile('.env');
    const settings = operatorSettings(process.env);
    const password = process.env.WATTLINE_OPERATOR_PASSWORD ?? (await askPassword());
    const operator = { phone, name: name.join(' ') || 'Operator', password };
    const made = await makeOperator(operator, settings);
    return made.ok
      ? `The operator ${made.value.userId} can sign in now.`
      : fail(`No operator was made: ${made.problem.message}`);
  } catch (error) {
    if (error instanceof WrongSettings) return fail(error.message);
    return fail(`No operator was made: ${(error as Error).message}`);
  }
}

function fail(text: string): string {
  process.exitCode = 1;
  return text;
}

console.log(await main(process.argv.slice(2)));
