// Compiles apps, libs, bench, tools and the fault runs of test/procs to dist/, with source maps and decorator metadata; does not check
// types (`npm run typecheck` does). Only what changed is compiled; outputs without a source are removed.
import { createHash } from 'node:crypto';
import { mkdir, readFile, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { statSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const dist = join(root, 'dist');
const manifestFile = join(dist, '.build.json');
const FOLDERS = ['apps', 'libs', 'test/procs', 'bench', 'tools'];
const ASSET = /\.(json|html|css|svg|png|ico|webmanifest|txt|sql|woff2|lua|js|mjs)$/;
const NOT_BUILT = /(\.test\.ts|\.d\.ts|^tools\/.*\.(mjs|cjs|js)|(^|\/)tsconfig[^/]*\.json)$/;

/** Returns the faults, one per file that does not compile; the other files are built all the same. */
export async function build() {
  const [manifest, key, sources] = await Promise.all([readManifest(), builderKey(), listSources()]);
  const known = manifest.key === key ? manifest.files : {};
  const files = {};
  const faults = [];
  const changed = [];
  for (const source of sources) {
    const { mtimeMs, size } = statSync(join(root, source));
    files[source] = `${mtimeMs}:${size}`;
    if (known[source] !== files[source] || !exists(join(dist, outputOf(source)))) changed.push(source);
  }
  const removed = (await list(dist, FOLDERS)).filter((output) => !isWanted(output, files));
  if (changed.length === 0 && removed.length === 0) return { compiled: 0, faults };

  const { transform } = await import('@swc/core');
  const { swcOptions } = await import('./swc-options.mjs');
  const queue = [...changed];
  const work = async () => {
    for (let source = queue.pop(); source !== undefined; source = queue.pop()) {
      try {
        await make(source, transform, swcOptions);
      } catch (error) {
        faults.push(`${source}\n${error.message}`);
        delete files[source];
      }
    }
  };
  await Promise.all(Array.from({ length: 8 }, work));
  await Promise.all(removed.map((output) => rm(join(dist, output), { force: true })));
  await write(manifestFile, JSON.stringify({ key, files }));
  return { compiled: changed.length - faults.length, faults };
}

async function make(source, transform, swcOptions) {
  const output = join(dist, outputOf(source));
  const text = await readFile(join(root, source));
  if (!source.endsWith('.ts')) return write(output, text);
  const map = `${output}.map`;
  const result = await transform(text.toString(), {
    ...swcOptions,
    filename: join(root, source),
    sourceFileName: relative(dirname(output), join(root, source)).split(sep).join('/'),
    sourceMaps: true,
  });
  await write(map, result.map);
  await write(output, `${result.code}//# sourceMappingURL=${map.slice(map.lastIndexOf(sep) + 1)}\n`);
}

/** Under another name first: a process that starts meanwhile never reads half a file. */
async function write(path, content) {
  await mkdir(dirname(path), { recursive: true });
  const draft = `${path}.${process.pid}.draft`;
  await writeFile(draft, content);
  await rename(draft, path);
}

async function listSources() {
  const all = await list(root, FOLDERS);
  return all.filter((path) => (path.endsWith('.ts') || ASSET.test(path)) && !NOT_BUILT.test(path));
}

async function list(base, folders) {
  const found = [];
  const walk = async (folder) => {
    const entries = await readdir(join(base, folder), { withFileTypes: true }).catch(() => []);
    for (const entry of entries) {
      const path = `${folder}/${entry.name}`;
      if (entry.isDirectory()) {
        if (entry.name !== 'node_modules') await walk(path);
      } else if (!entry.name.endsWith('.draft')) found.push(path);
    }
  };
  await Promise.all(folders.map(walk));
  return found.sort();
}

function outputOf(source) {
  return source.endsWith('.ts') ? `${source.slice(0, -3)}.js` : source;
}

function isWanted(output, files) {
  const made = output.replace(/\.js\.map$/, '.js');
  return files[made.replace(/\.js$/, '.ts')] !== undefined || files[output] !== undefined;
}

function exists(path) {
  return statSync(path, { throwIfNoEntry: false }) !== undefined;
}

async function readManifest() {
  try {
    return JSON.parse(await readFile(manifestFile, 'utf8'));
  } catch {
    return { key: '', files: {} };
  }
}

async function builderKey() {
  const inputs = ['tools/build.mjs', 'tools/swc-options.mjs', 'node_modules/@swc/core/package.json'];
  const hash = createHash('sha256');
  for (const input of inputs) hash.update(await readFile(join(root, input)));
  return hash.digest('hex');
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const started = performance.now();
  const { compiled, faults } = await build();
  for (const fault of faults) console.error(fault);
  if (faults.length > 0) process.exit(1);
  // Not to stdout: that is for what the command itself has to say.
  if (compiled > 0) console.error(`built ${compiled} files in ${Math.round(performance.now() - started)} ms`);
}
