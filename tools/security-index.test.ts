import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

// docs/security.md names tests as proof. A test that was renamed or deleted proves nothing.

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const page = readFileSync(join(ROOT, 'docs/security.md'), 'utf8');

interface Proof {
  item: string;
  file: string;
  test: string;
}

const rows = page
  .split('\n')
  .filter((line) => line.startsWith('|') && !/^\| (item|-+) /.test(line))
  .map((line) =>
    line
      .slice(1, -1)
      .split('|')
      .map((cell) => cell.trim()),
  );

const proofs: Proof[] = rows.flatMap(([item = '', , shown = '']) =>
  [...shown.matchAll(/\[[^\]]+\]\(\.\.\/([^)]+)\) "([^"]+)"/g)].map(([, file, test]) => ({
    item,
    file: file!,
    test: test!,
  })),
);

/** Whether a file has a test or a describe of this name. */
function has(source: string, name: string): boolean {
  return ["'", '"', '`'].some((quote) =>
    source.includes(quote + name.replaceAll(quote, `\\${quote}`) + quote),
  );
}

test('every item of the list has its row, and every row a proof', () => {
  const items = rows.map(([item = '']) => item);
  const wanted = [
    ...Array.from({ length: 10 }, (_, i) => `API${i + 1}`),
    ...[1, 2, 3, 4, 5].map((i) => `2.3.${i}`),
  ];
  for (const it of [...wanted, 'secrets']) {
    expect([it, items.some((item) => item.startsWith(`${it} `))]).toEqual([it, true]);
  }
  expect(items.filter((item) => !proofs.some((proof) => proof.item === item))).toEqual([]);
});

test('every part of a row is a link and a name, and nothing is lost between them', () => {
  const parts = rows.flatMap(([, , shown = '']) => shown.split('; [').length);
  expect(proofs).toHaveLength(parts.reduce((sum, count) => sum + count, 0));
});

test.each(proofs)('$item: $test', ({ file, test }) => {
  expect([file, existsSync(join(ROOT, file))]).toEqual([file, true]);
  expect([test, has(readFileSync(join(ROOT, file), 'utf8'), test)]).toEqual([test, true]);
});

test('a name that no test has is noticed', () => {
  expect(has("test('a bill is paid once', () => {});", 'a bill is paid')).toBe(false);
  expect(has("test('a bill is paid once', () => {});", 'a bill is paid once')).toBe(true);
});

test('every file of test/security is named', () => {
  const files = readdirSync(join(ROOT, 'test/security')).filter((name) => name.endsWith('.test.ts'));
  expect(files.filter((name) => !proofs.some(({ file }) => file === `test/security/${name}`))).toEqual([]);
});
