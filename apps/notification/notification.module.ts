import { Module } from '@nestjs/common';
import { OnProfileChanged } from './contacts/on-profile-changed.js';
import { OnUserRegistered } from './contacts/on-user-registered.js';
import { NotificationsController } from './messages/notifications.controller.js';
import { OnBillCancelled } from './messages/on-bill-cancelled.js';
import { OnBillChanged } from './messages/on-bill-changed.js';
import { OnBillCreated } from './messages/on-bill-created.js';
import { OnPaymentCompleted } from './messages/on-payment-completed.js';
import { OnPaymentFailed } from './messages/on-payment-failed.js';
import { OnWalletUpdated } from './messages/on-wallet-updated.js';
import { TellUser } from './messages/tell-user.js';
import { RecordDeliveryReport } from './reports/record-delivery-report.js';
import { TwilioReportsController } from './reports/twilio-reports.controller.js';
import { BeginAttempt } from './sms/begin-attempt.js';
import { SendSms } from './sms/send-sms.effect.js';
import { TwilioApi } from './sms/twilio-api.js';

const consumers = [
  OnUserRegistered,
  OnProfileChanged,
  OnBillCreated,
  OnBillChanged,
  OnBillCancelled,
  OnPaymentCompleted,
  OnPaymentFailed,
  OnWalletUpdated,
];

@Module({
  controllers: [...consumers, NotificationsController, TwilioReportsController],
  providers: [TellUser, RecordDeliveryReport, BeginAttempt, SendSms, TwilioApi],
})
export class NotificationModule {}
