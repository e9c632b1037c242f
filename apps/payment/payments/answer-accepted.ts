import { ApiHeader } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import type { Accepted } from './accept-payment.js';
import { acceptedView, type AcceptedView } from './payment-views.js';

/** How any request for a payment may be refused. */
export const ACCEPTING = ['idempotency_key_reused', 'request_in_progress'] as const;
/** How one for a bill may be refused besides. */
export const CLAIMING = [
  'not_found',
  'bill_not_payable',
  'amount_mismatch',
  'payment_in_progress',
  'step_up_required',
  'quote_outdated',
  'meter_suspended',
  'meter_blocked',
] as const;

/** Names the header that a large amount needs; the gateway reads it, and tells by the signed caller. */
export const TakesProof = () =>
  ApiHeader({
    name: 'X-Step-Up',
    required: false,
    description: 'of POST /api/auth/step-up, for a large amount',
  });

/** 202 with the place to watch; a repeated request gets the same body and is told so. */
export function answerAccepted({ payment, replayed }: Accepted, reply: FastifyReply): AcceptedView {
  const view = acceptedView(payment);
  void reply.header('location', view.links.self);
  if (replayed) void reply.header('idempotency-replayed', 'true');
  return view;
}
