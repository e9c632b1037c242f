import type { EventDefinition } from '../event-definition.js';
import { typeOf } from '../event-definition.js';
import { BillCancelled, BillChanged, BillCreated } from './bill-events.js';
import { MeterAlertRaised, MeterChanged, TariffChanged } from './meter-events.js';
import {
  DeadLetterDiscarded,
  DeadLetterRetried,
  MoneyActionApproved,
  MoneyActionEnded,
  MoneyActionRejected,
  MoneyActionRequested,
} from './operator-events.js';
import {
  FundsCollected,
  FundsHeld,
  FundsRefused,
  PaymentCompleted,
  PaymentFailed,
  PaymentInitiated,
  PaymentRefunded,
} from './payment-events.js';
import {
  PasswordChanged,
  PasswordResetRequested,
  ProfileChanged,
  SmsResumed,
  UserDeleted,
  UserRegistered,
  UserResumed,
  UserSuspended,
} from './user-events.js';
import { TokensIssued, TokensWantedAgain, VendFailed, VendInDoubt, VendRequested } from './vend-events.js';
import {
  VoucherCodesMade,
  VoucherGivenBack,
  VoucherRedeemed,
  VouchersGranted,
  VouchersReleased,
} from './voucher-events.js';
import { WalletAdjusted, WalletUpdated } from './wallet-events.js';

export * from './bill-events.js';
export * from './meter-events.js';
export * from './operator-events.js';
export * from './payment-events.js';
export * from './user-events.js';
export * from './vend-events.js';
export * from './voucher-events.js';
export * from './wallet-events.js';

/** Every event of the system. */
export const EVENTS: readonly EventDefinition[] = [
  UserRegistered,
  ProfileChanged,
  UserSuspended,
  UserResumed,
  PasswordResetRequested,
  PasswordChanged,
  SmsResumed,
  UserDeleted,
  BillCreated,
  BillChanged,
  BillCancelled,
  MeterChanged,
  MeterAlertRaised,
  TariffChanged,
  PaymentInitiated,
  FundsCollected,
  FundsHeld,
  FundsRefused,
  PaymentCompleted,
  PaymentFailed,
  PaymentRefunded,
  VendRequested,
  TokensIssued,
  VendFailed,
  VendInDoubt,
  TokensWantedAgain,
  VouchersGranted,
  VoucherCodesMade,
  VoucherRedeemed,
  VoucherGivenBack,
  VouchersReleased,
  WalletUpdated,
  WalletAdjusted,
  DeadLetterRetried,
  DeadLetterDiscarded,
  MoneyActionRequested,
  MoneyActionApproved,
  MoneyActionRejected,
  MoneyActionEnded,
];

/** Every event by its CloudEvents type. */
export const EVENT_BY_TYPE: ReadonlyMap<string, EventDefinition> = new Map(
  EVENTS.map((event) => [typeOf(event), event]),
);
