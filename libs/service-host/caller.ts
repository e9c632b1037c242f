import { createHmac, randomUUID, timingSafeEqual } from 'node:crypto';
import { applyDecorators, createParamDecorator, type ExecutionContext, SetMetadata } from '@nestjs/common';
import { ApiExtension } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import type { ServiceName } from '#contracts';
import { newId } from '#kernel';
import type { WorkContext } from '#persistence';
import { OPEN_MARK, ROLES_MARK } from './openapi.js';

export type Role = 'household' | 'institution' | 'operator';

/** Who asks. Passed to every use case, together with the correlation of what it causes. */
export type Caller = UserCaller | ServiceCaller;

export interface UserCaller extends WorkContext {
  kind: 'user';
  userId: string;
  role: Role;
  /** The password was given again within the last minutes: what large amounts need. */
  steppedUp?: true;
  /** Where the request came from; on routes that count attempts by it. */
  address?: string;
}

export interface ServiceCaller extends WorkContext {
  kind: 'service';
  service: ServiceName;
}

export const CALLER_HEADER = 'x-wattline-caller';
const MAX_AGE_MILLIS = 5 * 60_000;

/** Signs who is calling, for a service that trusts the internal secret: `<base64url JSON>.<HMAC-SHA256>`. */
export function signCaller(caller: Caller, secret: string, nowMillis: number): string {
  const text = Buffer.from(JSON.stringify({ ...caller, at: nowMillis })).toString('base64url');
  return `${text}.${mac(text, secret)}`;
}

/** The caller that was signed, or undefined when the signature is wrong or older than five minutes. */
export function readCaller(header: string, secret: string, nowMillis: number): Caller | undefined {
  const [text = '', signature = ''] = header.split('.');
  const expected = Buffer.from(mac(text, secret));
  const given = Buffer.from(signature);
  if (given.length !== expected.length || !timingSafeEqual(given, expected)) return undefined;
  const { at, ...caller } = JSON.parse(Buffer.from(text, 'base64url').toString('utf8')) as Caller & {
    at: number;
  };
  return Math.abs(nowMillis - at) <= MAX_AGE_MILLIS ? caller : undefined;
}

function mac(text: string, secret: string): string {
  return createHmac('sha256', secret).update(text).digest('base64url');
}

const TRACEPARENT = /^00-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}$/;
const CORRELATION = /^[\x21-\x7e]{1,64}$/;

/** The trace and correlation of a request: those it brought, or new ones. */
export function contextOf(headers: FastifyRequest['headers']): Required<Omit<WorkContext, 'causationId'>> {
  const { traceparent, 'x-correlation-id': correlation } = headers;
  const trace = typeof traceparent === 'string' && TRACEPARENT.test(traceparent) ? traceparent : newTrace();
  const given = typeof correlation === 'string' && CORRELATION.test(correlation) ? correlation : undefined;
  return { correlationId: given ?? newId(), traceparent: trace };
}

/** Random digits from two UUIDs: Node keeps those in stock, while random bytes cost microseconds each time. */
function newTrace(): string {
  const parent = randomUUID();
  return `00-${randomUUID().replaceAll('-', '')}-${parent.slice(0, 8)}${parent.slice(-8)}-01`;
}

declare module 'fastify' {
  interface FastifyRequest {
    caller?: Caller;
  }
}

/** The signed-in person. */
export const User = createParamDecorator((_: unknown, context: ExecutionContext): UserCaller => {
  const { caller } = context.switchToHttp().getRequest<FastifyRequest>();
  if (caller?.kind !== 'user') throw new Error('This route has no signed-in user: is it open?');
  return caller;
});

/** The service that calls. */
export const CallingService = createParamDecorator((_: unknown, context: ExecutionContext): ServiceCaller => {
  const { caller } = context.switchToHttp().getRequest<FastifyRequest>();
  if (caller?.kind !== 'service') throw new Error('This route is for services only: mark it @ServicesOnly()');
  return caller;
});

export const OPEN = Symbol('open');
export const ROLES = Symbol('roles');
export const SERVICES_ONLY = Symbol('services only');

/** Needs no sign-in. */
export const Open = () => applyDecorators(SetMetadata(OPEN, true), ApiExtension(OPEN_MARK, true));
/** Only for people of one of these roles. */
export const Roles = (...roles: Role[]) =>
  applyDecorators(SetMetadata(ROLES, roles), ApiExtension(ROLES_MARK, roles));
/** Only for other services of the system. */
export const ServicesOnly = () => SetMetadata(SERVICES_ONLY, true);
