// node tools/test.mjs all              lint, types, import rules, the lock file, then every test, a hundred faults, sixty purchases
// node tools/test.mjs deps             the import rules alone
// node tools/test.mjs unit             the pure parts: no PostgreSQL, no broker
// node tools/test.mjs e2e              test/ alone, without the faults
// node tools/test.mjs faults           a hundred faults, sixty purchases, and the planted bugs
// node tools/test.mjs jest [patterns]  chosen test files, e.g. `node tools/test.mjs jest apps/wallet`
// Whatever follows is handed to Jest.
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const [kind = 'all', ...rest] = process.argv.slice(2);
const bin = (path) => `${root}node_modules/${path}`;

const IMPORT_RULES = [
  'import rules',
  [bin('dependency-cruiser/bin/dependency-cruise.mjs'), ...depcruiseArgs()],
];
/** Lint comes first: it takes as long as the others together. */
const CHECKS = [
  ['lint', [bin('eslint/bin/eslint.js'), '.', '--cache', '--cache-location', 'node_modules/.cache/eslint/']],
  ['lock file', ['tools/check-lock.mjs']],
  ['types', ['tools/typecheck.mjs']],
  IMPORT_RULES,
  ['format', [bin('prettier/bin/prettier.cjs'), '--check', '--log-level', 'warn', '--cache', '.']],
];

/** Minutes of kills and cuts: a run of their own (jest.config.mjs). */
const FAULTS = { ...process.env, WATTLINE_TEST_FAULTS: '1' };

let failed = 0;
const waiting = [...CHECKS];
if (kind === 'deps') {
  await check(IMPORT_RULES);
  process.exit(failed);
}
if (kind === 'all') await Promise.all([checkInTurn(), checkInTurn()]); // two cores
let status = runJest(rest);
// Faults take both cores: they come last, and alone.
if (kind === 'all' && status === 0 && rest.length === 0)
  status = runJest(['-i', 'test/procs/(faults|purchases).test.ts'], FAULTS);
if (failed > 0) console.error(`${failed} of ${CHECKS.length} checks before the tests failed (see above)`);
process.exit(status !== 0 ? status : failed > 0 ? 1 : 0);

async function checkInTurn() {
  for (let next = waiting.shift(); next; next = waiting.shift()) await check(next);
}

/** What it says is shown when it has ended, so that two at a time can be told apart. */
async function check([name, args]) {
  const started = performance.now();
  const child = spawn(process.execPath, args, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] });
  const said = [];
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => said.push(chunk));
  const [status] = await once(child, 'close');
  process.stdout.write(Buffer.concat(said));
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  console.log(`${status === 0 ? 'ok    ' : 'FAILED'} ${name} (${seconds} s)`);
  if (status !== 0) failed += 1;
}

function runJest(more, env = kind === 'faults' ? FAULTS : process.env) {
  const args = [
    '--experimental-vm-modules',
    '--disable-warning=ExperimentalWarning',
    bin('jest/bin/jest.js'),
  ];
  if (kind === 'unit') args.push('--config', 'jest.unit.config.mjs');
  if (kind === 'e2e') args.push(`--roots=${root}test`);
  const { status } = spawnSync(process.execPath, [...args, ...more], { cwd: root, env, stdio: 'inherit' });
  return status ?? 1;
}

function depcruiseArgs() {
  const folders = ['apps', 'libs', 'test', 'bench', 'tools'].filter((folder) => existsSync(root + folder));
  return ['--config', '.dependency-cruiser.cjs', ...folders];
}
