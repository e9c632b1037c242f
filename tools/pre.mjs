// Runs before every npm script, also in a bare clone: needs nothing that is not part of Node.
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const NEEDED = [20, 19];

const [major, minor] = process.versions.node.split('.').map(Number);
if (major < NEEDED[0] || (major === NEEDED[0] && minor < NEEDED[1])) {
  console.error(`Wattline needs Node ${NEEDED.join('.')} or newer; this is Node ${process.versions.node}.`);
  process.exit(1);
}

if (!isInstalled()) {
  // Not to stdout: that is for what the command itself has to say.
  const stdio = ['inherit', 2, 2];
  console.error('Installing what package-lock.json names (once, about half a minute) …');
  const npm = process.env.npm_execpath;
  const args = ['ci', '--include=dev', '--no-audit', '--no-fund'];
  const result = npm
    ? spawnSync(process.execPath, [npm, ...args], { cwd: root, stdio })
    : spawnSync('npm', args, { cwd: root, stdio, shell: process.platform === 'win32' });
  if (result.error) console.error(`npm could not be started: ${result.error.message}`);
  if (result.status !== 0) process.exit(result.status || 1);
}

/**
 * npm writes node_modules/.package-lock.json last, so an install that broke off has none. It leaves out
 * what is meant for other platforms; everything it holds must be in the lock file in the same version.
 */
function isInstalled() {
  let wanted;
  let present;
  try {
    wanted = JSON.parse(readFileSync(`${root}package-lock.json`, 'utf8')).packages;
    present = JSON.parse(readFileSync(`${root}node_modules/.package-lock.json`, 'utf8')).packages;
  } catch {
    return false;
  }
  for (const path of Object.keys(present)) {
    if (present[path].version !== (wanted[path] && wanted[path].version)) return false;
  }
  for (const path of Object.keys(wanted)) {
    if (path !== '' && !wanted[path].optional && !wanted[path].peer && !present[path]) return false;
  }
  return true;
}
