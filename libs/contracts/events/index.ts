import type { EventDefinition } from '../event-definition.js';
import { typeOf } from '../event-definition.js';
import { BillCancelled, BillChanged, BillCreated } from './bill-events.js';
import {
  FundsCollected,
  FundsHeld,
  FundsRefused,
  PaymentCompleted,
  PaymentFailed,
  PaymentInitiated,
} from './payment-events.js';
import { ProfileChanged, UserRegistered } from './user-events.js';
import { WalletUpdated } from './wallet-events.js';

export * from './bill-events.js';
export * from './payment-events.js';
export * from './user-events.js';
export * from './wallet-events.js';

/** Every event of the system. */
export const EVENTS: readonly EventDefinition[] = [
  UserRegistered,
  ProfileChanged,
  BillCreated,
  BillChanged,
  BillCancelled,
  PaymentInitiated,
  FundsCollected,
  FundsHeld,
  FundsRefused,
  PaymentCompleted,
  PaymentFailed,
  WalletUpdated,
];

/** Every event by its CloudEvents type. */
export const EVENT_BY_TYPE: ReadonlyMap<string, EventDefinition> = new Map(
  EVENTS.map((event) => [typeOf(event), event]),
);
