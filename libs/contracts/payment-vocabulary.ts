/** What a payment is for. */
export const PURPOSES = ['bill', 'electricity', 'vouchers', 'top_up', 'transfer'] as const;
export type Purpose = (typeof PURPOSES)[number];

/** Where the money comes from. `sandbox` succeeds at once and exists in the demo only. */
export const METHODS = ['wallet', 'sandbox'] as const;
export type Method = (typeof METHODS)[number];

/** The states of a payment that callers see. */
export const PAYMENT_STATES = ['PENDING', 'PROCESSING', 'PAID', 'FAILED', 'REFUNDED'] as const;
export type PaymentState = (typeof PAYMENT_STATES)[number];

/** Why a wallet's balance changed. Only top_up, transfer_in and refund are told by SMS. */
export const WALLET_CHANGES = ['top_up', 'transfer_in', 'transfer_out', 'capture', 'refund'] as const;
export type WalletChange = (typeof WALLET_CHANGES)[number];

/** The services that consume or own events, in the order in which they are started. */
export const SERVICES = ['audit', 'notification', 'wallet', 'billing', 'payment', 'gateway'] as const;
export type ServiceName = (typeof SERVICES)[number];
