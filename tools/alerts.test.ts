import { readdirSync } from 'node:fs';
import { SERVICES } from '#contracts';
import { Metrics } from '#service-host';
import { read, ROOT, yaml } from './deployment-files.js';

// docs/alerts.yaml, held against the metrics that exist and the runbook.

interface Rule {
  alert: string;
  expr: string;
  for?: string;
  labels: { severity: string };
  annotations: { summary: string; runbook: string };
}

const [file] = yaml<{ groups: { name: string; rules: Rule[] }[] }>('docs/alerts.yaml');
const rules = file!.groups.flatMap((group) => group.rules);
const runbook = read('docs/runbook.md');
const sections = [...runbook.matchAll(/^## (.+)$/gm)].map(([, title]) =>
  title!.toLowerCase().replaceAll(' ', '-'),
);

test('every alert has its own name, a severity and a summary', () => {
  expect(rules.length).toBeGreaterThan(9);
  expect(new Set(rules.map(({ alert }) => alert)).size).toBe(rules.length);
  for (const { alert, labels, annotations, for: time } of rules) {
    expect([alert, labels.severity]).toEqual([alert, expect.stringMatching(/^(page|ticket)$/)]);
    expect([alert, annotations.summary]).toEqual([alert, expect.stringMatching(/\w{3}/)]);
    if (time !== undefined) expect(time).toMatch(/^\d+[sm]$/);
  }
});

test.each(rules)('$alert: the runbook says what to do', ({ annotations }) => {
  const [page, section] = annotations.runbook.split('#');
  expect(page).toBe('docs/runbook.md');
  expect(sections).toContain(section);
});

const asked = rules.flatMap(({ expr }) => [...expr.matchAll(/\bwattline_\w+/g)].map(([name]) => name));
/** Numbers that one service keeps an eye on, beside what each has. */
const watched = readdirSync(`${ROOT}apps`, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.ts'))
  .flatMap((file) => [...read(`apps/${file}`).matchAll(/\.watch\(\s*'(wattline_\w+)'/g)])
  .map(([, name]) => name!);

test('what a service keeps an eye on raises an alert', () => {
  expect(watched.length).toBeGreaterThan(2);
  expect(watched.filter((name) => !asked.includes(name))).toEqual([]);
});

test('alerts ask for metrics that exist, and for what can wait', () => {
  const common = new Metrics('any').registry.getMetricsAsArray().map(({ name }) => name);
  const names = [...common, ...watched];
  const unknown = asked.filter((name) => !names.includes(name.replace(/_(count|bucket|sum)$/, '')));
  expect(unknown).toEqual([]);
  const set = [...read('libs/service-host/health.controller.ts').matchAll(/what: '(\w+)'/g)].map(
    ([, what]) => what!,
  );
  const waiting = rules.flatMap(({ expr }) => [...expr.matchAll(/what="(\w+)"/g)].map(([, what]) => what!));
  expect(waiting.filter((what) => !set.includes(what))).toEqual([]);
});

test('the runbook upgrades every service, hearers before speakers', () => {
  const [, order] = /for s in ([\w ]+); do/.exec(runbook)!;
  expect(order!.split(' ')).toEqual([...SERVICES]);
});
