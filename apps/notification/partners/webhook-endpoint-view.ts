import { ApiProperty } from '@nestjs/swagger';
import { DELIVERY_STATES, type DeliveryState } from './webhook-delivery.machine.js';
import type { WebhookDeliveryRow } from './webhook-delivery.entity.js';
import type { WebhookEndpointRow } from './webhook-endpoint.entity.js';
import { type Subscribed, WEBHOOK_TYPES, type WebhookType } from './webhook-events.rules.js';

export class WebhookEndpointView {
  @ApiProperty({ format: 'uuid' }) id!: string;
  @ApiProperty({ example: 'https://partner.example/wattline' }) url!: string;
  @ApiProperty({ isArray: true, enum: ['*', ...WEBHOOK_TYPES] }) events!: Subscribed[];
  @ApiProperty({ required: false }) description?: string;
  @ApiProperty({ enum: ['own', 'all'], description: 'whose events it gets' }) scope!: 'own' | 'all';
  @ApiProperty({ enum: ['enabled', 'disabled'] }) state!: 'enabled' | 'disabled';
  @ApiProperty({
    required: false,
    enum: ['gone', 'failing'],
    description: 'it answered 410, or failed for three days',
  })
  disabledWhy?: 'gone' | 'failing';
  @ApiProperty({ description: 'failed attempts since the last success' }) failures!: number;
  @ApiProperty({ required: false, description: 'until then the secret before signs too' })
  oldSecretUntil?: string;
  @ApiProperty() createdAt!: string;
}

export class WebhookEndpointWithSecret extends WebhookEndpointView {
  @ApiProperty({ example: 'whsec_…', description: 'shown this once; signs as Standard Webhooks 1.0.0' })
  secret!: string;
}

export class WebhookEndpointPage {
  @ApiProperty({ type: [WebhookEndpointView] }) items!: WebhookEndpointView[];
  @ApiProperty({ type: String, nullable: true }) nextCursor!: string | null;
}

export class WebhookDeliveryView {
  @ApiProperty({ format: 'uuid' }) id!: string;
  @ApiProperty({ format: 'uuid', description: 'the `webhook-id`' }) eventId!: string;
  @ApiProperty({ enum: WEBHOOK_TYPES }) type!: WebhookType;
  @ApiProperty({ enum: DELIVERY_STATES }) state!: DeliveryState;
  @ApiProperty() attempts!: number;
  @ApiProperty({ required: false, description: 'of a pending one' }) nextAttemptAt?: string;
  @ApiProperty({ required: false, description: 'HTTP status of the last answer' }) lastStatus?: number;
  @ApiProperty({ required: false, description: 'the first kilobyte of the last answer' }) lastAnswer?: string;
  @ApiProperty({ required: false, description: 'why there was no answer' }) lastError?: string;
  @ApiProperty() createdAt!: string;
  @ApiProperty({ required: false }) endedAt?: string;
}

export class WebhookDeliveryPage {
  @ApiProperty({ type: [WebhookDeliveryView] }) items!: WebhookDeliveryView[];
  @ApiProperty({ type: String, nullable: true }) nextCursor!: string | null;
}

export function endpointView(row: WebhookEndpointRow, now: Date): WebhookEndpointView {
  const until = row.oldSecretUntil;
  return {
    id: row.id,
    url: row.url,
    events: row.events,
    description: row.description ?? undefined,
    scope: row.everybodys ? 'all' : 'own',
    state: row.state,
    disabledWhy: row.disabledWhy ?? undefined,
    failures: row.failures,
    oldSecretUntil: until && until > now ? until.toISOString() : undefined,
    createdAt: row.createdAt.toISOString(),
  };
}

export function deliveryView(row: WebhookDeliveryRow): WebhookDeliveryView {
  return {
    id: row.id,
    eventId: row.eventId,
    type: row.type,
    state: row.state,
    attempts: row.attempts,
    nextAttemptAt: row.state === 'pending' ? row.nextAt.toISOString() : undefined,
    lastStatus: row.lastStatus ?? undefined,
    lastAnswer: row.lastAnswer ?? undefined,
    lastError: row.lastError ?? undefined,
    createdAt: row.createdAt.toISOString(),
    endedAt: row.endedAt?.toISOString(),
  };
}
