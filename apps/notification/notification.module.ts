import { Module } from '@nestjs/common';
import { ContactsController } from './contacts/contacts.controller.js';
import { FetchContactKeys } from './contacts/fetch-contact-keys.js';
import { OnProfileChanged } from './contacts/on-profile-changed.js';
import { OnSmsResumed } from './contacts/on-sms-resumed.js';
import { OnUserDeleted } from './contacts/on-user-deleted.js';
import { OnUserRegistered } from './contacts/on-user-registered.js';
import { AnswerIncoming } from './incoming/answer-incoming.effect.js';
import { TakeIncoming } from './incoming/take-incoming.js';
import { MoveMessage } from './messages/move-message.js';
import { NotificationsController } from './messages/notifications.controller.js';
import { OnBillCancelled } from './messages/on-bill-cancelled.js';
import { OnBillChanged } from './messages/on-bill-changed.js';
import { OnBillCreated } from './messages/on-bill-created.js';
import { OnMeterAlertRaised } from './messages/on-meter-alert-raised.js';
import { OnPasswordChanged } from './messages/on-password-changed.js';
import { OnPasswordResetRequested } from './messages/on-password-reset-requested.js';
import { OnPaymentCompleted } from './messages/on-payment-completed.js';
import { OnPaymentFailed } from './messages/on-payment-failed.js';
import { OnTokensWantedAgain } from './messages/on-tokens-wanted-again.js';
import { OnVoucherGivenBack } from './messages/on-voucher-given-back.js';
import { OnVoucherRedeemed } from './messages/on-voucher-redeemed.js';
import { OnWalletUpdated } from './messages/on-wallet-updated.js';
import { TellUser } from './messages/tell-user.js';
import { ChangeWebhookEndpoint } from './partners/change-webhook-endpoint.js';
import { CreateWebhookEndpoint } from './partners/create-webhook-endpoint.js';
import { DeliverWebhooks } from './partners/deliver-webhooks.js';
import { FindEndpoints } from './partners/find-endpoints.js';
import { resolveHost } from './partners/partner-address.js';
import { PARTNERS_DNS } from './partners/partners-dns.js';
import { PurgeDeliveries } from './partners/purge-deliveries.js';
import { RecordWebhookAttempt } from './partners/record-webhook-attempt.js';
import { ReplayDelivery } from './partners/replay-delivery.js';
import { TellPartners } from './partners/tell-partners.js';
import { WebhookEndpointsController } from './partners/webhook-endpoints.controller.js';
import { PollDeliveries } from './reports/poll-deliveries.js';
import { RecordDeliveryReport } from './reports/record-delivery-report.js';
import { TwilioWebhookController } from './reports/twilio-webhook.controller.js';
import { BeginAttempt } from './sms/begin-attempt.js';
import { ComposeToken } from './sms/compose-token.js';
import { RedactSms } from './sms/redact-sms.effect.js';
import { SendSms } from './sms/send-sms.effect.js';
import { TwilioApi } from './sms/twilio-api.js';

const consumers = [
  OnUserRegistered,
  OnProfileChanged,
  OnSmsResumed,
  OnUserDeleted,
  OnPasswordResetRequested,
  OnPasswordChanged,
  OnBillCreated,
  OnBillChanged,
  OnBillCancelled,
  OnPaymentCompleted,
  OnPaymentFailed,
  OnTokensWantedAgain,
  OnVoucherRedeemed,
  OnVoucherGivenBack,
  OnMeterAlertRaised,
  OnWalletUpdated,
];

const partners = [
  TellPartners,
  FindEndpoints,
  DeliverWebhooks,
  RecordWebhookAttempt,
  CreateWebhookEndpoint,
  ChangeWebhookEndpoint,
  ReplayDelivery,
  PurgeDeliveries,
  { provide: PARTNERS_DNS, useValue: resolveHost },
];

@Module({
  controllers: [
    ...consumers,
    ContactsController,
    NotificationsController,
    TwilioWebhookController,
    WebhookEndpointsController,
  ],
  providers: [
    TellUser,
    MoveMessage,
    FetchContactKeys,
    RecordDeliveryReport,
    PollDeliveries,
    TakeIncoming,
    AnswerIncoming,
    BeginAttempt,
    ComposeToken,
    SendSms,
    RedactSms,
    TwilioApi,
    ...partners,
  ],
})
export class NotificationModule {}
