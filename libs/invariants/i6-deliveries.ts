import { EVENTS, eventsOf, SERVICES, type ServiceName } from '#contracts';
import type { Invariant, Rule } from './invariant.js';

/** The services that consume events. */
export const CONSUMERS = SERVICES.filter((service) => eventsOf(service).length > 0);

/**
 * I6. An inbox row is the proof that a service has an event; a second one for the same event is refused by its
 * primary key. In a running system an event may be on its way, and only the other direction can be asked: a
 * service has handled nothing that nobody announced.
 */
export const eachEventOnce: Invariant = {
  id: 'I6',
  says: 'Every event reaches every service that is bound to it exactly once, and no service has handled an event that nobody announced.',
  rules: (settled) => [
    ...CONSUMERS.map((service) => announced(service, settled)),
    ...(settled ? [...SERVICES.map(published), ...CONSUMERS.map(handled)] : []),
  ],
  counted: `
    SELECT (${sumOver(SERVICES, (it) => `SELECT count(*) FROM ${it}.outbox`)}) AS events,
           (${sumOver(SERVICES, (it) => `SELECT count(*) FROM ${it}.outbox WHERE published_at IS NULL`)}) AS unpublished,
           (${sumOver(CONSUMERS, (it) => inState(it, 'retry'))}) AS retry,
           (${sumOver(CONSUMERS, (it) => inState(it, 'dead'))}) AS dead`,
};

/** What is older may have been dropped by the housekeeping of one service and not yet by another's. */
export function remembered(column: string): string {
  return `${column} >= current_setting('wattline.remembered_from')::uuid`;
}

/** The rows of all outboxes with what a service is bound to: `id`, `name`, `published`. */
export function boundTo(service: ServiceName): string {
  const bound = new Set(eventsOf(service));
  return SERVICES.map((owner) => ({
    owner,
    names: EVENTS.filter((event) => event.owner === owner && bound.has(event.name)).map(({ name }) => name),
  }))
    .filter(({ names }) => names.length > 0)
    .map(
      ({ owner, names }) => `SELECT id, name, published_at IS NOT NULL AS published FROM ${owner}.outbox
                             WHERE ${remembered('id')} AND name IN (${names.map((name) => `'${name}'`).join(', ')})`,
    )
    .join(' UNION ALL ');
}

/** What is dead or to be tried again may be a message that nobody of ours has sent. */
function announced(service: ServiceName, settled: boolean): Rule {
  return {
    rule: `${service} has what was announced to it, and nothing else`,
    sql: `
      SELECT CASE WHEN o.id IS NULL THEN '${service} has handled event ' || i.event_id || ', which nobody announced'
                  ELSE o.name || ' ' || o.id || ' has not reached ${service}' END AS what
      FROM (${boundTo(service)}) o FULL JOIN (SELECT * FROM ${service}.inbox WHERE ${remembered('event_id')}) i ON i.event_id = o.id
      WHERE (o.id IS NULL AND i.state = 'done')${settled ? ' OR (i.event_id IS NULL AND o.published)' : ''}`,
  };
}

function published(service: ServiceName): Rule {
  return {
    rule: `every event of ${service} is published`,
    sql: `SELECT name || ' ' || id || ' of ${service} is not published' AS what
          FROM ${service}.outbox WHERE published_at IS NULL`,
  };
}

function handled(service: ServiceName): Rule {
  return {
    rule: `every event that reached ${service} is handled`,
    sql: `SELECT '${service} has event ' || i.event_id || ' in state ' || i.state AS what
          FROM ${service}.inbox i JOIN (${boundTo(service)}) o ON o.id = i.event_id
          WHERE i.state IN ('retry', 'dead')`,
  };
}

function inState(service: ServiceName, state: 'retry' | 'dead'): string {
  return `SELECT count(*) FROM ${service}.inbox WHERE state = '${state}'`;
}

function sumOver(services: readonly ServiceName[], countIn: (service: ServiceName) => string): string {
  return services.map((service) => `(${countIn(service)})`).join(' + ');
}
