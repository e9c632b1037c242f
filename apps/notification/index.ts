import type { ServiceDefinition } from '#service-host';
import { ContactRow } from './contacts/contact.entity.js';
import { MessageRow } from './messages/message.entity.js';
import {
  type NotificationSettings,
  notificationSettings,
  refuseInProduction,
} from './notification-settings.js';
import { NotificationTables1700000000001 } from './notification-tables.migration.js';
import { NotificationModule } from './notification.module.js';

export type { NotificationSettings } from './notification-settings.js';

/** Tells people by SMS what happened to their bills, payments and wallets. */
export const notificationService: ServiceDefinition<NotificationSettings> = {
  name: 'notification',
  module: NotificationModule,
  entities: [ContactRow, MessageRow],
  migrations: [NotificationTables1700000000001],
  settings: notificationSettings,
  refuse: refuseInProduction,
};
