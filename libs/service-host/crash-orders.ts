import type { FastifyInstance } from 'fastify';
import { armCrashPoint, crashPoint } from '#persistence';
import type { BaseSettings } from './settings.js';

/** For tests: has this process die where WATTLINE_CRASH_POINT says. Without an order nothing is added anywhere. */
export function obeyCrashOrder(fastify: unknown, { WATTLINE_CRASH_POINT: order }: BaseSettings): void {
  if (!order) return;
  armCrashPoint(order);
  (fastify as FastifyInstance).addHook('onSend', (request, _reply, payload, done) => {
    if (request.method !== 'GET') crashPoint('before-http-answer');
    done(null, payload);
  });
}
