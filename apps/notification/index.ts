import type { RunningService, ServiceDefinition } from '#service-host';
import { ContactRow } from './contacts/contact.entity.js';
import { IncomingSms, SmsSender } from './incoming/incoming-sms.entity.js';
import { IncomingTables1700000000400 } from './incoming/incoming-tables.migration.js';
import { forgetIncoming } from './incoming/take-incoming.js';
import { MessageRow } from './messages/message.entity.js';
import {
  type NotificationSettings,
  notificationSettings,
  refuseInProduction,
} from './notification-settings.js';
import { PartnerTables1700000000002 } from './partners/partner-tables.migration.js';
import { WebhookDeliveryRow } from './partners/webhook-delivery.entity.js';
import { WebhookEndpointRow } from './partners/webhook-endpoint.entity.js';
import { MessagesInApp1700000003301 } from './messages/messages-in-app.migration.js';
import { NotificationTables1700000000001 } from './notification-tables.migration.js';
import { NotificationModule } from './notification.module.js';
import { PollDeliveries } from './reports/poll-deliveries.js';
import { SmsFollowUp1700000000002 } from './sms-follow-up.migration.js';

export type { NotificationSettings } from './notification-settings.js';

/** Tells people by SMS, and partners by webhook, what happened to their bills, payments and wallets. */
export const notificationService: ServiceDefinition<NotificationSettings> = {
  name: 'notification',
  module: NotificationModule,
  entities: [ContactRow, MessageRow, WebhookEndpointRow, WebhookDeliveryRow, IncomingSms, SmsSender],
  migrations: [
    NotificationTables1700000000001,
    PartnerTables1700000000002,
    SmsFollowUp1700000000002,
    IncomingTables1700000000400,
    MessagesInApp1700000003301,
  ],
  settings: notificationSettings,
  unhurried: true,
  refuse: refuseInProduction,
  tidyUp: ({ dataSource, clock }) => forgetIncoming(dataSource, clock.now()),
};

/** Asks Twilio now for the SMS whose question is due; the running service does it by itself twice a minute. */
export function pollDeliveries({ app }: RunningService<NotificationSettings>): Promise<void> {
  return app.get(PollDeliveries).run();
}
