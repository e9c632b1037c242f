/** What each part alone can do, a second. */
export interface Floors {
  /** Payments, each of their commits shared by a hundred. */
  database: number;
  /** Payments, each in commits of its own. */
  databaseAlone: number;
  /** Messages through a quorum queue. */
  broker: number;
  /** JSON POSTs. */
  http: number;
}

/** Four events of a payment: payment_initiated and funds_held to two services, wallet_updated to two, payment_completed to four. */
export const DELIVERIES = 10;
/** The order, and the SMS; the hops between the services are ours to be charged with. */
export const POSTS = 2;

/** Payments a second of a system that adds nothing to its parts, which share the machine. */
export function composedFloor({ database, broker, http }: Floors): number {
  return 1 / (1 / database + DELIVERIES / broker + POSTS / http);
}
