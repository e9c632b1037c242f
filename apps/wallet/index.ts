import { baseSettings, type BaseSettings, type ServiceDefinition } from '#service-host';
import { Hold } from './holds/hold.entity.js';
import { Account } from './ledger/account.entity.js';
import { Entry } from './ledger/entry.entity.js';
import { Transfer } from './ledger/transfer.entity.js';
import { WalletModule } from './wallet.module.js';
import { WalletTables1700000000001 } from './wallet-tables.migration.js';

/** Keeps the money: a double-entry ledger of wallets and system accounts, and what payments hold of them. */
export const walletService: ServiceDefinition<BaseSettings> = {
  name: 'wallet',
  module: WalletModule,
  entities: [Account, Transfer, Entry, Hold],
  migrations: [WalletTables1700000000001],
  settings: baseSettings,
};
