import type { FastifyReply } from 'fastify';
import type { Accepted } from './accept-payment.js';
import { acceptedView, type AcceptedView } from './payment-views.js';

/** 202 with the place to watch; a repeated request gets the same body and is told so. */
export function answerAccepted({ payment, replayed }: Accepted, reply: FastifyReply): AcceptedView {
  const view = acceptedView(payment);
  void reply.header('location', view.links.self);
  if (replayed) void reply.header('idempotency-replayed', 'true');
  return view;
}
