import { baseSettings, type BaseSettings, type ServiceDefinition } from '#service-host';
import { Adjustment } from './adjustments/adjustment.entity.js';
import { Adjustments1700000000100 } from './adjustments/adjustments.migration.js';
import { Hold } from './holds/hold.entity.js';
import { PayeesOfHolds1700000000010 } from './holds/payees-of-holds.migration.js';
import { Account } from './ledger/account.entity.js';
import { Entry } from './ledger/entry.entity.js';
import { Transfer } from './ledger/transfer.entity.js';
import { VoucherAccounts1700000001210 } from './vouchers/voucher-accounts.migration.js';
import { WalletModule } from './wallet.module.js';
import { WalletTables1700000000001 } from './wallet-tables.migration.js';

/** Keeps the money: a double-entry ledger of wallets and system accounts, and what payments hold of them. */
export const walletService: ServiceDefinition<BaseSettings> = {
  name: 'wallet',
  module: WalletModule,
  entities: [Account, Transfer, Entry, Hold, Adjustment],
  migrations: [
    WalletTables1700000000001,
    PayeesOfHolds1700000000010,
    Adjustments1700000000100,
    VoucherAccounts1700000001210,
  ],
  settings: baseSettings,
};
