import { newId, type Result, systemClock } from '#kernel';
import {
  EffectRow,
  EffectRunner,
  InboxRow,
  MESSAGING_MIGRATIONS,
  OutboxRow,
  Relay,
  type Transport,
  Tx,
} from '#messaging';
import { openDataSource, UnitOfWork } from '#persistence';
import { type Environment, readSettings } from '#service-host';
import type { DataSource } from 'typeorm';
import { gatewaySettings, type GatewaySettings } from '../gateway-settings.js';
import { gatewayService } from '../index.js';
import { createOperator, type NewAccount } from './create-operator.js';
import { Passwords } from './passwords.js';

export type OperatorSettings = Pick<
  GatewaySettings,
  'DATABASE_URL' | 'CONTACT_SECRET' | 'PHONE_COUNTRY' | 'WATTLINE_MODE'
>;

/** Throws `WrongSettings`. */
export function operatorSettings(environment: Environment): OperatorSettings {
  const { DATABASE_URL, CONTACT_SECRET, PHONE_COUNTRY, WATTLINE_MODE } = gatewaySettings;
  return readSettings(environment, { DATABASE_URL, CONTACT_SECRET, PHONE_COUNTRY, WATTLINE_MODE });
}

/**
 * Makes an operator in the database at DATABASE_URL, whether or not a gateway runs on it.
 * Refusals: validation_failed, phone_taken.
 */
export async function makeOperator(
  operator: NewAccount,
  settings: OperatorSettings,
): Promise<Result<{ userId: string }>> {
  const { name: schema, entities, migrations } = gatewayService;
  const dataSource = await openDataSource({
    url: settings.DATABASE_URL,
    schema,
    entities: [OutboxRow, InboxRow, EffectRow, ...entities],
    migrations: [...MESSAGING_MIGRATIONS, ...migrations],
    poolSize: 2, // migrating takes one more than working
  });
  try {
    const office = { settings, requests: await transactionsOf(dataSource), passwords: new Passwords() };
    return await createOperator(office, operator, { correlationId: newId() });
  } finally {
    await dataSource.destroy();
  }
}

/** There is no bus here: the event waits in the outbox until the gateway's sweep, a few seconds later. */
const NO_BUS: Transport = {
  connected: false,
  start: () => Promise.resolve(),
  publish: () => Promise.reject(new Error('there is no bus')),
  consume: () => Promise.reject(new Error('there is no bus')),
  listen: () => Promise.reject(new Error('there is no bus')),
  depth: () => Promise.resolve(null),
  close: () => Promise.resolve(),
};

async function transactionsOf(dataSource: DataSource): Promise<UnitOfWork<Tx>> {
  const relay = new Relay(dataSource, NO_BUS, systemClock, { packSize: 1 });
  await relay.stop(); // so that it leaves what it is given to the sweep
  const transactions: UnitOfWork<Tx> = new UnitOfWork<Tx>(
    dataSource,
    (batch, context) => new Tx(batch, context, { clock: systemClock, relay, effects }),
    { batchSize: 1, paceMillis: 0, lanes: 1 },
  );
  const effects = new EffectRunner(dataSource, transactions, systemClock, { concurrency: 1 });
  return transactions;
}
