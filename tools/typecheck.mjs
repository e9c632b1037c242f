// Type-checks everything that runs in Node, then the web app (which knows the DOM instead).
import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const tsc = `${root}node_modules/typescript/bin/tsc`;
const projects = ['tsconfig.json'];
if (readdirSync(`${root}apps/web`, { recursive: true }).some((name) => name.endsWith('.ts'))) {
  projects.push('apps/web/tsconfig.json');
}

let failed = false;
for (const project of projects) {
  const { status } = spawnSync(process.execPath, [tsc, '-p', project], { cwd: root, stdio: 'inherit' });
  if (status !== 0) failed = true;
}
process.exit(failed ? 1 : 0);
