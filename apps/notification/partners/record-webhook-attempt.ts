import { Inject, Injectable } from '@nestjs/common';
import { newId } from '#kernel';
import type { Tx } from '#messaging';
import { UnitOfWork } from '#persistence';
import { LOG, type Log } from '#service-host';
import { ContactRow } from '../contacts/contact.entity.js';
import { TellUser } from '../messages/tell-user.js';
import { webhookDisabled } from '../templates/sms-templates.rules.js';
import { type AttemptResult, judge, type Verdict } from './delivery-schedule.rules.js';
import { deliveryMachine } from './webhook-delivery.machine.js';
import { WebhookDeliveryRow } from './webhook-delivery.entity.js';
import { WebhookEndpointRow } from './webhook-endpoint.entity.js';

export interface MadeAttempt {
  id: string;
  endpoint_id: string;
  /** The attempt's number. */
  attempts: number;
  correlation_id: string;
}

/** `succeededAt` is written at most this often: it is compared with days. */
const SUCCESS_NOTED_MILLIS = 60_000;

/** Writes down how an attempt ended, and what follows from it for the delivery and its endpoint. */
@Injectable()
export class RecordWebhookAttempt {
  constructor(
    private readonly work: UnitOfWork<Tx>,
    private readonly tellUser: TellUser,
    @Inject(LOG) private readonly log: Log,
  ) {}

  run(attempt: MadeAttempt, result: AttemptResult): Promise<void> {
    const random = Math.random();
    return this.work.run({ correlationId: attempt.correlation_id }, async (tx) => {
      const [delivery, endpoint] = await Promise.all([
        tx.load(WebhookDeliveryRow, attempt.id),
        tx.load(WebhookEndpointRow, attempt.endpoint_id),
      ]);
      // Deleted meanwhile, or so late that another process has made the next attempt.
      if (!delivery || !endpoint || delivery.attempts !== attempt.attempts) return;
      if (delivery.state !== 'sending') return;
      const verdict = judge(result, delivery.step, tx.now, random);
      setDelivery(tx, delivery, result, verdict);
      const failing = setEndpoint(tx, delivery, endpoint, verdict);
      if (failing) await this.tellOwner(delivery, endpoint, tx);
      tx.afterCommit(() => this.note(delivery, result, verdict));
    });
  }

  /** An owner whose contact is not known is not told; that the endpoint is off shows all the same. */
  private async tellOwner(delivery: WebhookDeliveryRow, endpoint: WebhookEndpointRow, tx: Tx): Promise<void> {
    if (!(await tx.load(ContactRow, endpoint.ownerId))) return;
    const event = { id: newId(tx.now.getTime()), correlationid: delivery.correlationId };
    const { host } = new URL(endpoint.url);
    await this.tellUser.run(event, endpoint.ownerId, (ref) => webhookDisabled(host, ref), tx);
  }

  private note(
    { id, endpointId, correlationId }: WebhookDeliveryRow,
    result: AttemptResult,
    verdict: Verdict,
  ) {
    const { status } = result;
    const about = { correlationId, deliveryId: id, endpointId, status, outcome: verdict.is };
    if (verdict.is === 'delivered') this.log.info(about, 'webhook delivered');
    else this.log.warn(about, 'webhook not delivered');
  }
}

function setDelivery(tx: Tx, row: WebhookDeliveryRow, result: AttemptResult, verdict: Verdict): void {
  const seen =
    result.status === null
      ? { lastStatus: null, lastAnswer: null, lastError: result.error }
      : { lastStatus: result.status, lastAnswer: result.answer, lastError: null };
  if (verdict.is === 'retry') {
    const nextAt = new Date(tx.now.getTime() + verdict.afterMillis);
    tx.set(row, { ...seen, state: deliveryMachine.move(row.state, 'pending'), step: row.step + 1, nextAt });
  } else {
    const state = deliveryMachine.move(row.state, verdict.is === 'delivered' ? 'delivered' : 'failed');
    tx.set(row, { ...seen, state, endedAt: tx.now });
  }
}

/** True when the endpoint has failed through a whole schedule, and is switched off for it. */
function setEndpoint(
  tx: Tx,
  delivery: WebhookDeliveryRow,
  endpoint: WebhookEndpointRow,
  verdict: Verdict,
): boolean {
  if (verdict.is === 'delivered') {
    const { failures, succeededAt } = endpoint;
    const fresh = succeededAt && tx.now.getTime() - succeededAt.getTime() < SUCCESS_NOTED_MILLIS;
    if (failures > 0 || !fresh) tx.set(endpoint, { failures: 0, succeededAt: tx.now, pausedUntil: null });
    return false;
  }
  const failures = endpoint.failures + 1;
  if (verdict.is === 'gone') tx.set(endpoint, { failures, state: 'disabled', disabledWhy: 'gone' });
  if (verdict.is === 'retry') {
    const { pauseMillis } = verdict;
    const pausedUntil = pauseMillis ? new Date(tx.now.getTime() + pauseMillis) : endpoint.pausedUntil;
    tx.set(endpoint, { failures, pausedUntil });
  }
  if (verdict.is !== 'exhausted') return false;
  // Somebody who takes other events is alive: then this one event is what they cannot take.
  const alive = endpoint.succeededAt !== null && endpoint.succeededAt >= delivery.createdAt;
  const failing = !alive && endpoint.state === 'enabled';
  tx.set(endpoint, failing ? { failures, state: 'disabled', disabledWhy: 'failing' } : { failures });
  return failing;
}
