import { readdirSync, readFileSync } from 'node:fs';
import { EVENTS, eventsOf, SERVICES, SUBSCRIPTIONS, typeOf } from './index.js';

const folder = new URL('./schemas/', import.meta.url);
const committed = new Map(
  readdirSync(folder).map((file) => [file.replace('.json', ''), readFileSync(new URL(file, folder), 'utf8')]),
);

test.each(EVENTS.map((event) => [typeOf(event), event] as const))(
  'the schema of %s is the committed one: a change needs a new version',
  (type, event) => {
    expect(JSON.parse(committed.get(type) ?? 'null')).toEqual(JSON.parse(JSON.stringify(event.payload)));
  },
);

test('every committed schema belongs to an event', () => {
  expect([...committed.keys()].sort()).toEqual(EVENTS.map(typeOf).sort());
});

test('the subscriptions name every event, and every event is audited', () => {
  expect(Object.keys(SUBSCRIPTIONS).sort()).toEqual(EVENTS.map((event) => event.name).sort());
  expect(eventsOf('audit')).toHaveLength(EVENTS.length);
});

test('no service hears its own event: it has done what it announces', () => {
  for (const event of EVENTS) expect(SUBSCRIPTIONS[event.name]).not.toContain(event.owner);
  expect(SERVICES).toHaveLength(6);
});
