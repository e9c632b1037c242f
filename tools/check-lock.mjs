// The lock file must install on every platform: no optional platform package may be missing from it,
// it must agree with package.json, and it must name no registry.
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const lock = JSON.parse(readFileSync(`${root}package-lock.json`, 'utf8'));
const manifest = JSON.parse(readFileSync(`${root}package.json`, 'utf8'));
const faults = [];

for (const [path, entry] of Object.entries(lock.packages)) {
  if (entry.resolved) faults.push(`${path || 'the root'} names where it was downloaded from`);
  for (const name of Object.keys(entry.optionalDependencies ?? {})) {
    if (!isInstalledFor(path, name)) faults.push(`${path} wants ${name}, which the lock file leaves out`);
  }
}

for (const kind of ['dependencies', 'devDependencies']) {
  const wanted = JSON.stringify(Object.entries(manifest[kind]).sort());
  const locked = JSON.stringify(Object.entries(lock.packages[''][kind] ?? {}).sort());
  if (wanted !== locked) faults.push(`the lock file's ${kind} differ from package.json`);
  for (const [name, version] of Object.entries(manifest[kind])) {
    if (!/^\d/.test(version)) faults.push(`${name} is not pinned: ${version}`);
  }
}

if (faults.length > 0) {
  console.error(`package-lock.json:\n  ${faults.join('\n  ')}`);
  process.exit(1);
}

/** npm looks for a dependency beside the package, then in every node_modules above it. */
function isInstalledFor(path, name) {
  for (let at = path; ; at = at.slice(0, Math.max(0, at.lastIndexOf('node_modules/') - 1))) {
    if (lock.packages[`${at ? `${at}/` : ''}node_modules/${name}`]) return true;
    if (at === '') return false;
  }
}
