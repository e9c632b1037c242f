import { baseSettings, type BaseSettings } from '#service-host';

export type PaymentSettings = BaseSettings;

export const paymentSettings = baseSettings;
