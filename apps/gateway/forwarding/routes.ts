import type { ServiceName } from '#contracts';
import type { Area } from '../api-keys/scopes.rules.js';

export interface ForwardedRoute {
  /** In Fastify's writing; a star takes the rest of the path. */
  path: string;
  service: ServiceName;
  /** Opens it to API keys that have the scope of this area; without one it is closed to them. */
  area?: Area;
  /** Needs no sign-in here: the service authenticates it in its own way. */
  open?: true;
  /** Request headers beyond the usual ones that the service needs. */
  headers?: readonly string[];
  /** The service counts attempts by the address that they come from. */
  address?: true;
  /** The path under which the service knows it. */
  rewrite?: (path: string) => string;
}

/** Who answers what. A path that is neither here nor a controller of the gateway is a 404. */
export const FORWARDED_ROUTES: readonly ForwardedRoute[] = [
  { path: '/api/bills', service: 'billing', area: 'bills' },
  { path: '/api/bills/*', service: 'billing', area: 'bills' },
  { path: '/api/electricity/*', service: 'billing', area: 'bills' },
  { path: '/api/quotes', service: 'billing', area: 'bills' },
  { path: '/api/meters', service: 'billing', area: 'bills' },
  { path: '/api/meters/*', service: 'billing', area: 'bills' },
  { path: '/api/meters/:id/tokens', service: 'billing' },
  { path: '/api/tokens', service: 'billing' },
  { path: '/api/tokens/*', service: 'billing' },
  { path: '/api/vouchers', service: 'billing' },
  { path: '/api/vouchers/redeem', service: 'billing', address: true },
  { path: '/api/vouchers/*', service: 'billing' },

  { path: '/api/wallet', service: 'wallet', area: 'wallet' },
  { path: '/api/wallets/:walletId', service: 'wallet', area: 'wallet' },
  { path: '/api/wallets/:walletId/entries', service: 'wallet', area: 'wallet' },

  { path: '/api/wallets/:walletId/add-funds', service: 'payment', area: 'payments' },
  { path: '/api/transfers', service: 'payment', area: 'payments' },
  { path: '/api/payments', service: 'payment', area: 'payments' },
  { path: '/api/payments/*', service: 'payment', area: 'payments' },
  { path: '/api/vend/:billId/pay', service: 'payment', area: 'payments' },
  {
    path: '/api/Vend/:billId/pay',
    service: 'payment',
    area: 'payments',
    rewrite: (path) => path.replace('/api/Vend/', '/api/vend/'),
  },

  { path: '/api/notifications', service: 'notification' },
  { path: '/api/notifications/*', service: 'notification' },
  { path: '/api/webhooks/twilio', service: 'notification', open: true, headers: ['x-twilio-signature'] },

  { path: '/api/webhook-endpoints', service: 'notification', area: 'webhooks' },
  { path: '/api/webhook-endpoints/*', service: 'notification', area: 'webhooks' },

  { path: '/api/audit', service: 'audit' },
  { path: '/api/audit/*', service: 'audit' },
  { path: '/api/ops/meters/*', service: 'billing' },
  { path: '/api/ops/tariffs/*', service: 'billing' },
  { path: '/api/ops/redemptions', service: 'billing' },
  { path: '/api/ops/payments', service: 'payment' },
  { path: '/api/ops/payments/:id/requery', service: 'payment' },
  { path: '/api/ops/invariants', service: 'audit' },
];
