import { Controller, Get, Header, HttpCode, Inject, Res } from '@nestjs/common';
import { ApiExcludeController, type OpenAPIObject } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { Open } from './caller.js';
import { queueState } from './queue-state.js';
import type { ServiceParts } from './run-service.js';
import { PARTS } from './service-parts.js';

@ApiExcludeController()
@Open()
@Controller()
export class HealthController {
  constructor(@Inject(PARTS) private readonly parts: ServiceParts) {}

  @Get('health/live')
  live(): { status: 'live' } {
    return { status: 'live' };
  }

  /** 200 once started; a bus that is away is told in the body, since requests are still accepted. */
  @Get('health/ready')
  @HttpCode(200)
  ready(@Res({ passthrough: true }) reply: FastifyReply): { status: string; bus: string } {
    if (!this.parts.readiness.isReady) void reply.status(503);
    const bus = this.parts.transport.connected ? 'up' : 'away';
    if (!this.parts.readiness.isReady) return { status: 'starting', bus };
    return { status: bus === 'up' ? 'ready' : 'degraded', bus };
  }

  @Get('metrics')
  @Header('content-type', 'text/plain; version=0.0.4; charset=utf-8')
  async metrics(): Promise<string> {
    const { metrics } = this.parts;
    const state = await queueState(this.parts);
    metrics.waiting.set({ what: 'outbox' }, state.outbox.waiting);
    metrics.oldest.set({ what: 'outbox' }, state.outbox.oldestSeconds);
    metrics.waiting.set({ what: 'retry' }, state.inbox.retry);
    metrics.waiting.set({ what: 'dead' }, state.inbox.dead);
    metrics.waiting.set({ what: 'effects' }, state.effects.waiting);
    metrics.waiting.set({ what: 'effects_unknown' }, state.effects.unknown);
    metrics.waiting.set({ what: 'queue' }, state.queued ?? 0);
    metrics.oldest.set({ what: 'outbox' }, state.outbox.oldestSeconds);
    metrics.busConnected.set(this.parts.transport.connected ? 1 : 0);
    return metrics.registry.metrics();
  }

  @Get('openapi.json')
  openApi(): OpenAPIObject | undefined | Promise<OpenAPIObject> {
    return this.parts.readiness.openApi();
  }
}
