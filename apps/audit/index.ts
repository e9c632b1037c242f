import { baseSettings, type BaseSettings, type ServiceDefinition } from '#service-host';
import { AuditModule } from './audit.module.js';
import { AuditTables1700000000001 } from './audit-tables.migration.js';
import { ChainHead } from './trail/chain-head.entity.js';
import { TrailRow } from './trail/trail.entity.js';

/** Keeps every event of the system once, in a chain of hashes that shows a later change. */
export const auditService: ServiceDefinition<BaseSettings> = {
  name: 'audit',
  module: AuditModule,
  entities: [TrailRow, ChainHead],
  migrations: [AuditTables1700000000001],
  settings: baseSettings,
};
