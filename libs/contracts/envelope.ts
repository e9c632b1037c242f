/**
 * An event on the bus: CloudEvents 1.0, structured JSON. `id` is a UUIDv7 and the key of deduplication.
 * `correlationid` is the same from the request to the SMS; `causationid` is the event that led to this one.
 */
export interface Envelope<P = unknown> {
  specversion: '1.0';
  id: string;
  /** `/services/payment` */
  source: string;
  /** `wattline.payment_initiated.v1` */
  type: string;
  /** The id of the bill, payment, wallet or user that the event is about. */
  subject: string;
  time: string;
  datacontenttype: 'application/json';
  correlationid: string;
  causationid?: string;
  traceparent?: string;
  data: P;
}
