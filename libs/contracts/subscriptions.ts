import {
  BillCancelled,
  BillChanged,
  BillCreated,
  DeadLetterDiscarded,
  DeadLetterRetried,
  FundsCollected,
  FundsHeld,
  FundsRefused,
  MeterAlertRaised,
  MeterChanged,
  MoneyActionApproved,
  MoneyActionEnded,
  MoneyActionRejected,
  MoneyActionRequested,
  PasswordChanged,
  PasswordResetRequested,
  PaymentCompleted,
  PaymentFailed,
  PaymentInitiated,
  PaymentRefunded,
  ProfileChanged,
  SmsResumed,
  TariffChanged,
  TokensIssued,
  TokensWantedAgain,
  UserDeleted,
  UserRegistered,
  UserResumed,
  UserSuspended,
  VendFailed,
  VendInDoubt,
  VendRequested,
  WalletAdjusted,
  WalletUpdated,
} from './events/index.js';
import type { ServiceName } from './payment-vocabulary.js';

/**
 * Who hears what: the only map from events to services. The queues of RabbitMQ and the embedded bus are
 * made from it, and a service refuses to start when its consumers differ from it.
 */
export const SUBSCRIPTIONS: Readonly<Record<string, readonly ServiceName[]>> = {
  [UserRegistered.name]: ['wallet', 'notification', 'audit'],
  [ProfileChanged.name]: ['notification', 'audit'],
  [UserSuspended.name]: ['audit'],
  [UserResumed.name]: ['audit'],
  [PasswordResetRequested.name]: ['notification', 'audit'],
  [PasswordChanged.name]: ['notification', 'audit'],
  [SmsResumed.name]: ['notification', 'audit'],
  [UserDeleted.name]: ['notification', 'audit'],
  [BillCreated.name]: ['notification', 'audit'],
  [BillChanged.name]: ['notification', 'audit'],
  [BillCancelled.name]: ['notification', 'audit'],
  [MeterChanged.name]: ['audit'],
  [MeterAlertRaised.name]: ['notification', 'audit'],
  [TariffChanged.name]: ['audit'],
  [PaymentInitiated.name]: ['wallet', 'audit'],
  [FundsCollected.name]: ['wallet', 'audit'],
  [FundsHeld.name]: ['payment', 'audit'],
  [FundsRefused.name]: ['payment', 'audit'],
  [PaymentCompleted.name]: ['billing', 'wallet', 'notification', 'audit'],
  [PaymentFailed.name]: ['billing', 'wallet', 'notification', 'audit'],
  [PaymentRefunded.name]: ['billing', 'wallet', 'audit'],
  [VendRequested.name]: ['billing', 'audit'],
  [TokensIssued.name]: ['payment', 'audit'],
  [VendFailed.name]: ['payment', 'audit'],
  [VendInDoubt.name]: ['payment', 'audit'],
  [TokensWantedAgain.name]: ['notification', 'audit'],
  [WalletUpdated.name]: ['notification', 'audit'],
  [WalletAdjusted.name]: ['audit'],
  [DeadLetterRetried.name]: ['audit'],
  [DeadLetterDiscarded.name]: ['audit'],
  [MoneyActionRequested.name]: ['audit'],
  [MoneyActionApproved.name]: ['audit'],
  [MoneyActionRejected.name]: ['audit'],
  [MoneyActionEnded.name]: ['audit'],
};

export type Subscriptions = typeof SUBSCRIPTIONS;

/** The names of the events that a service consumes. */
export function eventsOf(service: ServiceName, subscriptions: Subscriptions = SUBSCRIPTIONS): string[] {
  return Object.keys(subscriptions).filter((event) => subscriptions[event]!.includes(service));
}
