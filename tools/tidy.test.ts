import { readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

// Reads the source and says what a reviewer would. Every rule is shown to find a planted fault.

interface SourceFile {
  /** From the root, with slashes. */
  path: string;
  text: string;
}

interface Rule {
  /** What holds. */
  name: string;
  /** One line for each place where it does not. */
  faultsIn: (files: SourceFile[]) => string[];
  /** Each of these is a fault. */
  planted: SourceFile[];
}

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const ITSELF = 'tools/tidy.test.ts';

const MAX_LINES = 250;
const MAX_TEST_LINES = 400;
/** Files that may be longer, how long, and why. A file that became short enough leaves this list. */
const LONGER: Readonly<Record<string, { lines: number; why: string }>> = {
  'libs/persistence/embedded/embedded-postgres.ts': { lines: 320, why: 'one life cycle of one server' },
  'libs/service-host/run-service.ts': { lines: 300, why: 'what a service is made of, in one place' },
  'libs/testing/broker/private-broker.ts': { lines: 260, why: 'one life cycle of one broker' },
};

/** Modules that keep something for the whole process, and why that is right although several services share one. */
const KEEPS_STATE: Readonly<Record<string, string>> = {
  'libs/kernel/ids.ts': 'ids of one process rise, whichever service makes them',
  'libs/testing/jest/test-run.ts': 'a process has one test run',
  'libs/persistence/crash-points.ts': 'it is the process that dies',
  'apps/wattline/main.ts': 'a process has one system',
};

const isTest = ({ path }: SourceFile) => /\.test\.ts$|^test\//.test(path);
const isTestCode = (file: SourceFile) =>
  isTest(file) || /^(tools|libs\/testing|apps\/[^/]+\/testing)\//.test(file.path);
const isCode = ({ path }: SourceFile) => /^(apps|libs|test|bench|tools)\/.*\.(ts|mjs|cjs|js)$/.test(path);
const isProduct = (file: SourceFile) => /^(apps|libs)\/.*\.ts$/.test(file.path) && !isTestCode(file);
const isOther = ({ path }: SourceFile) => path !== ITSELF && path !== 'package-lock.json';

/** A rule that looks at one line after the other. */
function lines(
  name: string,
  of: (file: SourceFile) => boolean,
  wrong: readonly RegExp[],
  planted: SourceFile[],
  but: (line: string, file: SourceFile) => boolean = () => false,
): Rule {
  const faultsIn = (files: SourceFile[]) =>
    files.filter(of).flatMap((file) =>
      file.text
        .split('\n')
        .map((line, i) => ({ line, at: `${file.path}:${i + 1}` }))
        .filter(({ line }) => wrong.some((it) => it.test(line)) && !but(line, file))
        .map(({ line, at }) => `${at}: ${line.trim()}`),
    );
  return { name, faultsIn, planted };
}

const tooLong: Rule = {
  name: `a file has at most ${MAX_LINES} lines, a test ${MAX_TEST_LINES}`,
  faultsIn: (files) =>
    files.filter(isCode).flatMap((file) => {
      const count = file.text.split('\n').length - 1;
      const usual = isTest(file) ? MAX_TEST_LINES : MAX_LINES;
      const longer = LONGER[file.path]?.lines;
      if (longer !== undefined && count <= usual) return `${file.path} is short enough: take it off the list`;
      return count > (longer ?? usual) ? `${file.path} has ${count} lines` : [];
    }),
  planted: [
    { path: 'libs/a/long.ts', text: '\n'.repeat(MAX_LINES + 1) },
    { path: 'apps/a/long.test.ts', text: '\n'.repeat(MAX_TEST_LINES + 1) },
    { path: Object.keys(LONGER)[0]!, text: '\n' },
  ],
};

const BANNED = ['manager', 'helper', 'helpers', 'util', 'utils', 'base', 'common', 'misc', 'shared'];
const wordsOf = (name: string) =>
  name
    .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^a-z0-9]+/);
const bannedIn = (name: string) => wordsOf(name).some((word) => BANNED.includes(word));

const emptyNames: Rule = {
  name: 'no file, folder or class is named by a word that says nothing',
  faultsIn: (files) =>
    files.filter(isCode).flatMap(({ path, text }) => [
      ...path
        .split('/')
        .filter(bannedIn)
        .map((part) => `${path}: ${part}`),
      ...[...text.matchAll(/\bclass (\w+)/g)]
        .filter(([, name]) => path !== ITSELF && bannedIn(name!))
        .map(([, name]) => `${path}: class ${name}`),
    ]),
  planted: [
    { path: 'libs/a/money-utils.ts', text: '' },
    { path: 'apps/a/common/x.ts', text: '' },
    { path: 'apps/a/x.ts', text: 'export class BillManager {}' },
    { path: 'apps/a/x.ts', text: 'abstract class BaseController {}' },
  ],
};

const clock = lines(
  'the time comes from the clock',
  (file) => isProduct(file) && file.path !== 'libs/kernel/clock.ts' && !file.path.startsWith('apps/web/'),
  [/\bnew Date\(\s*\)/, /\bDate\.now\b/],
  [
    { path: 'apps/a/x.ts', text: 'const now = new Date();' },
    { path: 'libs/a/x.ts', text: 'const now = Date.now();' },
  ],
);

const leftovers = lines(
  'nothing is left for later',
  isOther,
  [/\b(TODO|FIXME|HACK)\b/, /\bfor now\b/i, /\bnot (yet )?implemented\b/i],
  [
    { path: 'apps/a/x.ts', text: '// TODO: check the amount' },
    { path: 'libs/a/x.ts', text: "throw new Error('Not implemented');" },
    { path: 'docs/a.md', text: 'For now there is one.' },
  ],
);

const skipped = lines(
  'no test is left out, but those of RabbitMQ where there is none',
  isCode,
  [/\b(describe|test|it)\.(only|skip|todo)\b/, /\b(fdescribe|fit|xdescribe|xtest|xit)\(/],
  [
    { path: 'apps/a/x.test.ts', text: "test.only('pays', () => {});" },
    { path: 'apps/a/x.test.ts', text: "describe.skip('pays', () => {});" },
    { path: 'apps/a/x.test.ts', text: 'const withBroker = sunny ? test : test.skip;' },
    { path: 'apps/a/x.test.ts', text: "xit('pays', () => {});" },
  ],
  (line, file) =>
    file.path === ITSELF ||
    (/\? (describe|test) : \1\.skip\b/.test(line) && /AMQP|rabbitmq/i.test(file.text)),
);

const elsewhere = lines(
  'nothing names a folder of one machine, or where packages are fetched from',
  (file) => file.path !== ITSELF,
  [
    /(^|[\s"'`(=:])(\/(home|root|Users|work|workspace|tmp|mnt)\/|[A-Z]:\\)/,
    /registry\.(npmjs|yarnpkg)|npmmirror|artifactory|(^|--)registry[= ]|"resolved": "http/,
  ],
  [
    { path: 'apps/a/x.ts', text: "readFileSync('/home/amina/keys.json')" },
    { path: 'docs/a.md', text: 'Look into /work/notes.' },
    { path: '.npmrc', text: 'registry=https://packages.example.org/' },
    { path: 'package-lock.json', text: '      "resolved": "https://packages.example.org/a.tgz",' },
  ],
);

const secrets = lines(
  'no secret stands in the source',
  isOther,
  [
    /-----BEGIN [A-Z ]*PRIVATE KEY-----/,
    /\bAKIA[0-9A-Z]{16}\b|\b[sr]k_live_|\bgh[pousr]_\w{20}|\bxox[abp]-/,
    /\beyJ[\w-]{10,}\.eyJ[\w-]+\.[\w-]{20}/,
    /\b(AC|SK)(?!(?<same>.)\k<same>{31})[0-9a-f]{32}\b/,
    /:\/\/\w+:(?!guest@|postgres@|\$)[^\s@/'"`]{3,}@/,
    /(SECRET|TOKEN|PASSWORD)['"]?\s*[=:]\s*['"]?[\w+/-]{32,}/,
  ],
  [
    { path: 'apps/a/key.pem', text: '-----BEGIN RSA PRIVATE KEY-----' },
    { path: '.env', text: 'TWILIO_ACCOUNT_SID=AC9f3b0c1d2e4a5968778695a4b3c2d1e0' },
    { path: 'docker-compose.yml', text: 'AMQP_URL: amqp://wattline:hunter22@rabbit:5672' },
    { path: 'k8s/secret.yaml', text: 'JWT_SECRET: q83vEjRWeJCrze8SNFZ4kKvN7xI0VniQ' },
  ],
  (line) => line.includes('0123456789abcdef'), // nobody takes it for one
);

const sharedState = lines(
  'no module keeps state: several services share a process',
  (file) => isProduct(file) && !(file.path in KEEPS_STATE),
  [/^(export )?let /, /^\s+(private |public |protected )?static (?!readonly|async|[\w<>]+\()/],
  [
    { path: 'apps/a/x.ts', text: 'let known = 0;' },
    { path: 'libs/a/x.ts', text: '  private static known = new Map();' },
  ],
);

const appShape: Rule = {
  name: 'an app has its index.ts and main.ts',
  faultsIn: (files) => {
    const paths = new Set(files.map(({ path }) => path));
    const apps = new Set(
      files.flatMap(({ path }) => /^apps\/(?!web\/)([^/]+)\/.*\.ts$/.exec(path)?.[1] ?? []),
    );
    return [...apps]
      .flatMap((app) => [`apps/${app}/index.ts`, `apps/${app}/main.ts`])
      .filter((path) => !paths.has(path))
      .map((path) => `${path} is missing`);
  },
  planted: [
    { path: 'apps/a/index.ts', text: '' },
    { path: 'apps/a/main.ts', text: '' },
  ],
};

const consumers: Rule = {
  name: 'a file on-x.ts consumes x, and nothing else',
  faultsIn: (files) =>
    files
      .filter(({ path }) => /^apps\/.*\/on-[\w-]+\.ts$/.test(path))
      .filter(({ path, text }) => {
        const event = pascal(basename(path).replace(/^on-|\.ts$/g, ''));
        const wanted = event === 'AnyEvent' ? '@Consumes(...' : `@Consumes(${event})`;
        return text.split('@Consumes(').length !== 2 || !text.includes(wanted);
      })
      .map(({ path }) => path),
  planted: [
    { path: 'apps/a/on-bill-paid.ts', text: '@Consumes(BillCreated)' },
    { path: 'apps/a/on-bill-paid.ts', text: 'export class OnBillPaid {}' },
  ],
};

function pascal(words: string): string {
  return words.replace(/(^|-)(\w)/g, (_, _dash, letter: string) => letter.toUpperCase());
}

const deadFiles: Rule = {
  name: 'every TypeScript file is imported, or is where something starts',
  faultsIn: (files) => {
    const sources = files.filter(({ path }) => path.endsWith('.ts') && isCode({ path, text: '' }));
    const byPath = new Map(sources.map((file) => [file.path, file]));
    const alive = new Set<string>();
    const open = sources.filter(({ path }) => isStart(path)).map(({ path }) => path);
    // The scripts of package.json, and tools that run without a build, name what they start in dist/.
    for (const { path, text } of files) {
      if (path === 'package.json' || /^tools\/.*\.mjs$/.test(path)) open.push(...startedBy(text));
    }
    for (let path = open.pop(); path !== undefined; path = open.pop()) {
      const file = byPath.get(path);
      if (!file || alive.has(path)) continue;
      alive.add(path);
      open.push(...importsOf(file));
    }
    return sources
      .filter(({ path }) => !alive.has(path) && !path.startsWith('apps/web/'))
      .map(({ path }) => path);
  },
  planted: [{ path: 'libs/a/forgotten.ts', text: 'export const a = 1;' }],
};

const isStart = (path: string) => /\.test\.ts$|^apps\/[^/]+\/main\.ts$/.test(path);

const startedBy = (text: string) =>
  [...text.matchAll(/\bdist\/([\w/-]+)\.js\b/g)].map(([, path]) => `${path}.ts`);

function importsOf({ path, text }: SourceFile): string[] {
  const named = [...text.matchAll(/(?:\bfrom|\bimport)\s*\(?\s*'([^']+)'/g)].map(([, name]) => name!);
  // What is started as a process of its own is named by its compiled file.
  const spawned = [...text.matchAll(/['"`]((?:\.{1,2}\/|[\w-]+\/)[\w./-]*\.js)['"`]/g)].map(
    ([, name]) => name!,
  );
  return [...named, ...spawned].flatMap((name) => {
    if (name.startsWith('#')) return [`libs/${name.slice(1)}/index.ts`, `apps/${name.slice(1)}/index.ts`];
    const source = name.replace(/\.js$/, '.ts');
    return name.startsWith('.') ? join(dirname(path), source).replaceAll('\\', '/') : source;
  });
}

const RULES = [
  tooLong,
  emptyNames,
  clock,
  leftovers,
  skipped,
  elsewhere,
  secrets,
  sharedState,
  appShape,
  consumers,
  deadFiles,
];

/** What is not part of the source: the simple lines of .gitignore, and git's own folder. */
function ignored(): (name: string) => boolean {
  const entries = readFileSync(join(ROOT, '.gitignore'), 'utf8').split('\n').filter(Boolean);
  const names = new Set(['.git', ...entries.map((entry) => entry.replace(/\/$/, ''))]);
  return (name) => names.has(name) || name.endsWith('.log');
}

function readTree(): SourceFile[] {
  const isIgnored = ignored();
  const walk = (folder: string): string[] =>
    readdirSync(join(ROOT, folder), { withFileTypes: true })
      .filter(({ name }) => !isIgnored(name))
      .flatMap((entry) => {
        const path = folder ? `${folder}/${entry.name}` : entry.name;
        return entry.isDirectory() ? walk(path) : entry.isFile() ? [path] : [];
      });
  return walk('').map((path) => ({ path, text: readFileSync(join(ROOT, path), 'utf8') }));
}

describe('the source is tidy', () => {
  const tree = readTree();

  test('it was found', () => {
    expect(tree.length).toBeGreaterThan(200);
  });

  for (const { name, faultsIn, planted } of RULES) {
    test(name, () => {
      expect(faultsIn(tree)).toEqual([]);
    });

    test(`… and its opposite is noticed: ${name}`, () => {
      for (const file of planted) expect([file, faultsIn([file]).length > 0]).toEqual([file, true]);
    });
  }

  test('the exceptions are of files that exist', () => {
    const paths = new Set(tree.map(({ path }) => path));
    const excepted = [...Object.keys(LONGER), ...Object.keys(KEEPS_STATE)];
    expect(excepted.filter((path) => !paths.has(path))).toEqual([]);
  });
});
