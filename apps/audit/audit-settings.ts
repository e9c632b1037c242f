import { baseSettings, type BaseSettings, kinds, type ServiceDefinition } from '#service-host';

export interface AuditSettings extends BaseSettings {
  AUDIT_KEEP_DAYS: number;
  AUDIT_PARTITION_ROWS: number;
}

export const auditSettings: ServiceDefinition<AuditSettings>['settings'] = {
  ...baseSettings,
  AUDIT_KEEP_DAYS: kinds.positive({ default: 2557, desc: 'days for which the trail is kept: seven years' }),
  AUDIT_PARTITION_ROWS: kinds.positive({ default: 1_000_000, desc: 'rows of the trail in one partition' }),
};
