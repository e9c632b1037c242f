import type { ServiceDefinition } from '#service-host';
import { AuditModule } from './audit.module.js';
import { auditSettings, type AuditSettings } from './audit-settings.js';
import { AuditTables1700000000001 } from './audit-tables.migration.js';
import { ChainHead } from './trail/chain-head.entity.js';
import { rotateTrail } from './trail/rotate-trail.js';
import { Anchor } from './trail/anchor.entity.js';
import { TrailRow } from './trail/trail.entity.js';

/** Keeps every event of the system once, in a chain of hashes that shows a later change. */
export const auditService: ServiceDefinition<AuditSettings> = {
  name: 'audit',
  module: AuditModule,
  entities: [TrailRow, ChainHead, Anchor],
  migrations: [AuditTables1700000000001],
  settings: auditSettings,
  unhurried: true,
  tidyUp: rotateTrail,
};
