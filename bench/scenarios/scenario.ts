/** One kind of payment, again and again. */
export interface Scenario {
  /** Makes people, money and whatever is paid for; nothing is measured yet. */
  prepare(payments: number): Promise<void>;
  /** Sends one order. The id of the accepted payment, or the status with which it was turned away. */
  send(): Promise<Sent>;
  /** How many of the accepted ones have not come to their end; asked every few milliseconds. */
  underWay(): Promise<number>;
  /** How many are done to their last durable effect, as the databases tell. */
  done(): Promise<number>;
  close(): Promise<void>;
}

export type Sent = { paymentId: string } | { refused: number; retryAfter: boolean };
