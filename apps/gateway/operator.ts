import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';
import { newId, systemClock } from '#kernel';
import {
  EffectRow,
  EffectRunner,
  InboxRow,
  MessagingTables1700000000000,
  OutboxRow,
  Relay,
  type Transport,
  Tx,
} from '#messaging';
import { openDataSource, UnitOfWork } from '#persistence';
import { readSettings, WrongSettings } from '#service-host';
import { createOperator } from './accounts/create-operator.js';
import { Passwords } from './accounts/passwords.js';
import { gatewaySettings } from './gateway-settings.js';
import { gatewayService } from './index.js';

const USAGE = `npm run operator -- <phone> [name]
Makes an operator in the database at DATABASE_URL. The password is asked for, or taken from
WATTLINE_OPERATOR_PASSWORD. Needs CONTACT_SECRET, the same as the gateway's.`;

/** There is no bus here: the event waits in the outbox until the gateway's sweep, seconds later. */
const NO_BUS: Transport = {
  connected: false,
  start: () => Promise.resolve(),
  publish: () => Promise.reject(new Error('there is no bus')),
  consume: () => Promise.reject(new Error('there is no bus')),
  depth: () => Promise.resolve(null),
  close: () => Promise.resolve(),
};

async function main([phone, ...name]: string[]): Promise<string> {
  if (!phone) throw new WrongCall();
  const { DATABASE_URL, CONTACT_SECRET, PHONE_COUNTRY, WATTLINE_MODE } = gatewaySettings;
  const settings = readSettings(process.env, { DATABASE_URL, CONTACT_SECRET, PHONE_COUNTRY, WATTLINE_MODE });
  const password = process.env.WATTLINE_OPERATOR_PASSWORD ?? (await askPassword());
  const { entities, migrations } = gatewayService;
  const dataSource = await openDataSource({
    url: settings.DATABASE_URL,
    schema: gatewayService.name,
    entities: [OutboxRow, InboxRow, EffectRow, ...entities],
    migrations: [MessagingTables1700000000000, ...migrations],
    poolSize: 1,
  });
  try {
    const relay = new Relay(dataSource, NO_BUS, systemClock, { packSize: 1 });
    await relay.stop();
    const requests: UnitOfWork<Tx> = new UnitOfWork<Tx>(
      dataSource,
      (batch, context) => new Tx(batch, context, { clock: systemClock, relay, effects }),
      { batchSize: 1, paceMillis: 0, lanes: 1 },
    );
    const effects = new EffectRunner(dataSource, requests, systemClock, { concurrency: 1 });
    const operator = { phone, name: name.join(' ') || 'Operator', password };
    const office = { settings, requests, passwords: new Passwords() };
    const made = await createOperator(office, operator, { correlationId: newId() });
    if (!made.ok) throw made.problem;
    return made.value.userId;
  } finally {
    await dataSource.destroy();
  }
}

class WrongCall extends Error {}

/** Reads a line from the terminal without showing it. */
async function askPassword(): Promise<string> {
  process.stderr.write('Password (at least 10 characters): ');
  const silence = new Writable({ write: (_chunk, _encoding, done) => done() });
  const terminal = createInterface({ input: process.stdin, output: silence, terminal: process.stdin.isTTY });
  try {
    return await terminal.question('');
  } finally {
    terminal.close();
    process.stderr.write('\n');
  }
}

try {
  const userId = await main(process.argv.slice(2));
  console.log(`The operator ${userId} can sign in now.`);
} catch (error) {
  if (error instanceof WrongCall) console.error(USAGE);
  else if (error instanceof WrongSettings) console.error(error.message);
  else console.error(`No operator was made: ${(error as Error).message}`);
  process.exitCode = 1;
}
