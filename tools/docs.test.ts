import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';
import { auditService } from '#audit';
import { billingService } from '#billing';
import { EVENTS, SUBSCRIPTIONS } from '#contracts';
import { gatewayService } from '#gateway';
import { notificationService } from '#notification';
import { paymentService } from '#payment';
import { baseSettings } from '#service-host';
import { walletService } from '#wallet';
import { readSystemSettings } from '../apps/wattline/system-settings.js';
import { startOneProcess } from '../test/e2e/system.js';

// What the documentation says is held against the code.

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const SERVICE_DEFINITIONS = [
  gatewayService,
  billingService,
  walletService,
  paymentService,
  notificationService,
  auditService,
];

const read = (path: string) => readFileSync(join(ROOT, path), 'utf8');
const filesIn = (folder: string) =>
  readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' }).map((name) =>
    join(folder, name).replaceAll('\\', '/'),
  );
const readme = read('README.md');
const pages = ['README.md', ...filesIn('docs').filter((path) => path.endsWith('.md'))];
const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };

/** The rows of the table after `<!-- mark -->`, cell by cell, without its head; code marks are taken off. */
function tableAfter(mark: string, text = readme): string[][] {
  const [, after] = text.split(`<!-- ${mark} -->`);
  if (after === undefined) throw new Error(`there is no <!-- ${mark} -->`);
  const rows = after.trimStart().split('\n');
  return rows
    .slice(
      2,
      rows.findIndex((row) => !row.startsWith('|')),
    )
    .map((row) =>
      row
        .slice(1, -1)
        .split('|')
        .map((cell) => cell.trim().replaceAll('`', '')),
    );
}

describe('links', () => {
  for (const page of pages) {
    test(`${page} links to files and headings that exist`, () => {
      const broken = linksOf(read(page)).filter((link) => !leadsSomewhere(page, link));
      expect(broken).toEqual([]);
    });

    test(`${page} names files that exist`, () => {
      const named = [...read(page).matchAll(/`((?:apps|libs|test|tools|bench|docs)\/[\w./-]*)`/g)];
      expect(named.map(([, path]) => path!).filter((path) => !existsSync(join(ROOT, path)))).toEqual([]);
    });
  }

  function linksOf(text: string): string[] {
    return [...text.matchAll(/\]\(([^)\s]+)\)/g)].map(([, link]) => link!);
  }

  function leadsSomewhere(page: string, link: string): boolean {
    if (/^https?:/.test(link)) return true;
    const [path = '', anchor] = link.split('#');
    const target = path === '' ? page : normalize(join(dirname(page), path)).replaceAll('\\', '/');
    if (!existsSync(join(ROOT, target))) return false;
    return anchor === undefined || anchorsOf(read(target)).includes(anchor);
  }

  function anchorsOf(text: string): string[] {
    return [...text.matchAll(/^#+ (.+)$/gm)].map(([, heading]) =>
      heading!
        .toLowerCase()
        .replace(/[^\w\s-]/g, '')
        .trim()
        .replace(/\s/g, '-'),
    );
  }
});

describe('the flow of a payment', () => {
  const flow = read('docs/flows/pay-a-bill.md');
  const steps = [...flow.matchAll(/^\d+\. \[[^\]]+\]\(([^)]+)\)/gm)].map(([, link]) =>
    join('docs/flows', link!).replaceAll('\\', '/'),
  );

  test('is told by about ten short files', () => {
    expect(steps.length).toBeGreaterThanOrEqual(8);
    expect(steps.length).toBeLessThanOrEqual(14);
    expect(steps.filter((path) => !path.endsWith('.ts'))).toEqual([]);
    expect(steps.filter((path) => read(path).split('\n').length > 250)).toEqual([]);
  });
});

describe('settings', () => {
  const shown = (value: string | number | boolean | undefined) =>
    value === undefined ? 'needed' : value === '' ? 'none' : String(value);
  const byName = (rows: (string | undefined)[][]) => [...rows].sort(([a], [b]) => (a! < b! ? -1 : 1));
  const launchers = readSystemSettings({});
  const every = Object.keys(baseSettings);
  const own = SERVICE_DEFINITIONS.flatMap(({ name, settings }) =>
    Object.entries(settings)
      .filter(([setting]) => !every.includes(setting))
      .map(([setting, { default: value, desc }]) => ({ setting, value: shown(value), desc, service: name })),
  );

  test('the README names those of the launchers', () => {
    const expected = Object.entries(launchers).map(([name, value]) => [name, shown(value)]);
    expect(byName(tableAfter('settings launchers').map((row) => row.slice(0, 2)))).toEqual(byName(expected));
  });

  test('the README names those of every service', () => {
    const rows = byName(tableAfter('settings every'));
    const specs = Object.entries(baseSettings).sort(([a], [b]) => (a < b ? -1 : 1));
    // What the code does not explain is explained in the README alone.
    const expected = specs.map(([name, { default: value, desc }], i) => [
      name,
      shown(value),
      desc ?? rows[i]?.[2],
    ]);
    expect(rows).toEqual(expected);
  });

  test('the README names those of one service', () => {
    const expected: (string | undefined)[][] = [...new Set(own.map(({ setting }) => setting))].map(
      (setting) => {
        const these = own.filter((it) => it.setting === setting);
        return [setting, these[0]!.value, these.map(({ service }) => service).join(', '), these[0]!.desc];
      },
    );
    expect(byName(tableAfter('settings one'))).toEqual(byName(expected));
  });

  test('the README names what is read without a settings object', () => {
    const typed = [...Object.keys(launchers), ...every, ...own.map(({ setting }) => setting)];
    const sources = ['apps', 'libs'].flatMap(filesIn).filter((path) => /(?<!\.test)\.ts$/.test(path));
    const names = sources.flatMap((path) =>
      [...read(path).matchAll(/\benv(?:\.|\[')([A-Z][A-Z0-9_]+)/g)].map(([, name]) => name!),
    );
    const untyped = names.filter((name) => !/^(PATH|WATTLINE_TEST_\w+)$/.test(name) && !typed.includes(name));
    expect(
      tableAfter('settings elsewhere')
        .map(([name]) => name)
        .sort(),
    ).toEqual([...new Set(untyped)].sort());
  });

  test('every one explains itself in the README', () => {
    const marks = ['launchers', 'every', 'one', 'elsewhere'];
    const rows = marks.flatMap((mark) => tableAfter(`settings ${mark}`));
    expect(rows.filter((row) => row.at(-1) === '').map(([name]) => name)).toEqual([]);
  });

  test('.env.example names them all, once, and no others', () => {
    const typed = [...Object.keys(launchers), ...every, ...own.map(({ setting }) => setting)];
    const lines = read('.env.example').split('\n');
    const named = lines.flatMap((line) => /^#?([A-Z][A-Z0-9_]+)=/.exec(line)?.[1] ?? []);
    expect([...named].sort()).toEqual([...new Set(typed)].sort());
    // As it stands it changes nothing: whoever wants a setting takes its # off.
    expect(lines.filter((line) => line !== '' && !line.startsWith('#'))).toEqual([]);
  });
});

describe('the README', () => {
  test('has every event with its publisher and its hearers', () => {
    const expected = EVENTS.map(({ name, owner }) => [
      name,
      owner,
      [...SUBSCRIPTIONS[name]!].sort().join(', '),
    ]);
    const said = tableAfter('events').map(([name, owner, heard]) => [
      name,
      owner,
      heard!.split(', ').sort().join(', '),
    ]);
    expect(said).toEqual(expected);
  });

  test('has every command', () => {
    const named = tableAfter('commands').map(([command]) => command!.replace(/^npm (run )?/, ''));
    const existing = Object.keys(scripts).filter((name) => !(/^pre/.test(name) && name.slice(3) in scripts));
    expect([...named].sort()).toEqual(existing.sort());
  });

  test('tells a first purchase that works as it is written', async () => {
    const [, script] = /<!-- purchase -->\s+```sh\n([\s\S]+?)```/.exec(readme)!;
    const world = await startOneProcess({ environment: { SEED_DEMO: 'true' } });
    try {
      const { ports, simPort } = world.plan;
      const here = script!
        .replaceAll('localhost:3000', `127.0.0.1:${ports.gateway}`)
        .replaceAll('localhost:3001', `127.0.0.1:${simPort}`);
      const { stdout } = await promisify(execFile)('bash', ['-c', here]);
      const [topUp, payment, timeline, receipt, wallet, sms] = stdout
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as Record<string, unknown>);
      expect(topUp).toMatchObject({ purpose: 'top_up', amount: { amount: '500.00' } });
      expect(payment).toMatchObject({ purpose: 'electricity', amount: { amount: '200.00' } });
      expect(JSON.stringify(timeline)).toContain('Paid. Receipt');
      expect(receipt).toMatchObject({ paymentId: payment!.id });
      expect(wallet).toMatchObject({ held: { amount: '0.00' } });
      expect(JSON.stringify(sms)).toContain(receipt!.receiptNumber);
    } finally {
      await world.stop();
    }
  }, 60_000);
});

test('the documentation names commands that exist', () => {
  const named = pages.flatMap((page) =>
    [...read(page).matchAll(/\bnpm run ([\w:]+)/g)].map(([, name]) => name!),
  );
  expect([...new Set(named)].filter((name) => !(name in scripts))).toEqual([]);
});

test('the map shows every machine and every decision', () => {
  const map = read('docs/MAP.md');
  const machines = filesIn('apps').filter((path) => path.endsWith('.machine.ts'));
  const decisions = pages.filter((path) => path.startsWith('docs/adr/'));
  expect(decisions.length).toBeGreaterThan(12);
  expect([...machines, ...decisions].filter((path) => !map.includes(`](${relative(path)})`))).toEqual([]);

  function relative(path: string): string {
    return path.startsWith('docs/') ? path.slice('docs/'.length) : `../${path}`;
  }
});

test('every decision has its number, status, context, decision, reasons and consequences', () => {
  const decisions = pages.filter((path) => path.startsWith('docs/adr/')).sort();
  decisions.forEach((path, i) => {
    const number = String(i + 1).padStart(4, '0');
    expect(path).toContain(`docs/adr/${number}-`);
    const text = read(path);
    expect(text).toMatch(new RegExp(`^# ${number} `));
    for (const part of ['Status: accepted', '## Context', '## Decision', '## Why', '## Consequences']) {
      expect([path, part, text.includes(part)]).toEqual([path, part, true]);
    }
    expect([path, text.split('\n').length < 60]).toEqual([path, true]);
  });
});

test('the glossary is in alphabetical order', () => {
  const words = [...read('docs/glossary.md').matchAll(/^\*\*(.+?)\*\*/gm)].map(([, word]) =>
    word!.toLowerCase(),
  );
  expect(words.length).toBeGreaterThan(50);
  expect(words).toEqual([...words].sort());
});
