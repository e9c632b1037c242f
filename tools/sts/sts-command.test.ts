import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { issueKeyChange } from '#tokens';
import { factsOf, stsVectors, tokenVectors } from '../../libs/tokens/testing/vectors.js';
import { unwrapped } from '../../libs/tokens/testing/unwrapped.js';
import { runStsCommand, USAGE } from './sts-command.js';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const RESULTS = ['decoderKey', 'tid', 'field16', 'dataBlock', 'crc', 'cipherBlock', 'tokenHex', 'token'];

/** As the vectors are, without what is to be computed. */
const inputs = tokenVectors.map((vector) =>
  Object.fromEntries(Object.entries(vector).filter(([name]) => !RESULTS.includes(name))),
);
type Entry = Record<string, unknown>;
const first: Entry = inputs[0]!;

const run = (command: string, tokens: unknown) =>
  runStsCommand([command, 'a.json'], () => JSON.stringify({ tokens }));
const parsed = (lines: string[]) => lines.map((line) => JSON.parse(line) as Entry);

describe('npm run -s sts', () => {
  const folder = mkdtempSync(join(tmpdir(), 'wattline-sts-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  /** Its stdout, stderr and exit code, for a file with this content. */
  function npmRun(command: string, content: string) {
    const file = join(folder, 'tokens.json');
    writeFileSync(file, content);
    const { stdout, stderr, status } = spawnSync('npm', ['run', '-s', 'sts', '--', command, file], {
      cwd: ROOT,
      encoding: 'utf8',
      shell: process.platform === 'win32',
    });
    return { lines: stdout.split('\n').slice(0, -1), stderr, status };
  }

  test('makes the token of every vector, and prints nothing else', () => {
    const { lines, status } = npmRun('tokens', JSON.stringify({ tokens: inputs }));
    expect(parsed(lines)).toEqual(tokenVectors.map(({ id, token }) => ({ id, token })));
    expect(status).toBe(0);
  });

  test('reads the token of every vector', () => {
    const { lines, status } = npmRun('decode', JSON.stringify({ tokens: tokenVectors }));
    expect(status).toBe(0);
    expect(parsed(lines)).toEqual(
      tokenVectors.map(({ id, token, subclass, rnd, tid, value, class: tokenClass }) =>
        expect.objectContaining({ id, token, class: tokenClass, subclass, rnd, tid, value }),
      ),
    );
  });

  test('says on stderr what is wrong with an entry, and fails', () => {
    const { lines, stderr, status } = npmRun('tokens', JSON.stringify({ tokens: [{ ...first, krn: 12 }] }));
    expect(status).toBe(1);
    expect(lines).toEqual([]);
    expect(stderr).toContain(`tokens[0] (${String(first.id)}): krn must be a whole number from 1 to 9`);
  });
});

test.each<[string, Entry, string]>([
  ['dkga', { dkga: '02' }, 'is not supported: only DKGA04'],
  ['ea', { ea: '07' }, 'is not supported: only EA11 (MISTY1)'],
  ['ea', { ea: 11 }, 'must be two digits'],
  ['meterPan', { meterPan: '600727000000421768' }, 'has a wrong check digit'],
  ['meterPan', { meterPan: '6007270000004217' }, 'must be eighteen digits'],
  ['sgc', { sgc: '40012' }, 'must be six digits'],
  ['tariffIndex', { tariffIndex: 1 }, 'must be two digits'],
  ['krn', { krn: 0 }, 'must be a whole number from 1 to 9'],
  ['keyType', { keyType: 4 }, 'must be a whole number from 0 to 3'],
  ['baseDate', { baseDate: 2000 }, 'must be one of 1993, 2014, 2035'],
  ['vendingKey', { vendingKey: 'abababababababab' }, 'must be 20 bytes as 40 hex digits'],
  ['vendingKey', { vendingKey: undefined }, 'is missing, and so is decoderKey'],
  ['decoderKey', { decoderKey: '0'.repeat(32) }, 'is not the one that follows from vendingKey'],
  ['class', { class: 1 }, 'must be 0 or 2'],
  ['class', { class: 3 }, 'must be a whole number from 0 to 2'],
  ['subclass', { subclass: 8 }, 'must be a whole number from 0 to 7'],
  ['subclass', { class: 2, subclass: 3 }, 'must be one of 0, 1, 5, 6 in class 2'],
  ['rnd', { rnd: 16 }, 'must be a whole number from 0 to 15'],
  ['rnd', { rnd: undefined }, 'must be a whole number from 0 to 15'],
  ['issuedAt', { issuedAt: '2013-12-31T23:59:00Z' }, 'is before base date 2014'],
  ['issuedAt', { issuedAt: '2045-11-24T20:16:00Z' }, 'is after the last minute of base date 2014'],
  ['issuedAt', { issuedAt: '2026-13-02T08:00:00Z' }, 'is no time that exists'],
  ['issuedAt', { issuedAt: 'yesterday' }, 'must be a time like'],
  ['tid', { tid: 2 ** 24 }, 'must be a whole number from 0 to 16777215'],
  ['value', { value: 0 }, 'cannot be carried by a token of this kind'],
  ['value', { value: 18_201_625 }, 'cannot be carried by a token of this kind'],
  ['value', { value: 0.5 }, 'must be a whole number'],
  ['value', { value: 'many' }, 'must be a whole number'],
])('%s is named when it is %j', (member, change, why) => {
  const { lines, faults } = run('tokens', [first, { ...first, ...change }]);
  expect(lines).toHaveLength(1);
  expect(faults).toEqual([expect.stringContaining(`tokens[1] (${String(first.id)}): ${member} ${why}`)]);
  expect(faults.join()).not.toContain(String(first.vendingKey));
});

test.each([
  ['1234', 'must have 20 digits'],
  ['2521724802194166152O', 'must have digits alone'],
  ['99999999999999999999', 'is a number of more than 66 bits'],
  ['25217248021941661521', 'has a wrong CRC'],
  [25217248021, 'must be a text'],
])('the token %p cannot be read', (token, why) => {
  const { lines, faults } = run('decode', [{ ...tokenVectors[0], token }]);
  expect(lines).toEqual([]);
  expect(faults).toEqual([expect.stringContaining(`: token ${why}`)]);
});

test('an entry without an id, or that is none, is named by its place', () => {
  expect(run('tokens', [{ ...first, id: undefined }, 7]).faults).toEqual([
    'tokens[0]: id must be a text',
    'tokens[1]: is not an object',
  ]);
});

test('a file that cannot be read, is not JSON or has no list fails whole', () => {
  const missing = () => {
    throw Object.assign(new Error('no such file'), { code: 'ENOENT' });
  };
  expect(runStsCommand(['tokens', 'a.json'], missing).faults).toEqual(['a.json cannot be read']);
  expect(runStsCommand(['tokens', 'a.json'], () => '{"tokens"').faults).toEqual(['a.json is not JSON']);
  expect(runStsCommand(['tokens', 'a.json'], () => '[]').faults).toEqual(['a.json has no list "tokens"']);
  for (const args of [[], ['tokens'], ['print', 'a.json'], ['tokens', 'a.json', 'b.json']])
    expect(runStsCommand(args, () => '').faults).toEqual([USAGE]);
});

test('currency is made from a text beyond what a number holds, and read to the same; no rnd is needed', () => {
  const entry = { ...first, subclass: 4, value: '16384000000000000000000', rnd: undefined };
  const { token } = parsed(run('tokens', [entry]).lines)[0]!;
  const [read] = parsed(run('decode', [{ ...first, token }]).lines);
  expect(read).toMatchObject({ class: 0, subclass: 4, kind: 'currency_credit', tid: 6_398_400 });
  expect(BigInt(read!.value as string)).toBeGreaterThanOrEqual(BigInt(entry.value));
});

test('sections of a key and tests are read, but no part of a key is shown', () => {
  const { from, to } = stsVectors.keyChange[0]!;
  const tokens = unwrapped(issueKeyChange(factsOf(from), { ...factsOf(to), ken: to.ken }));
  const keyed = { ...from, dkga: '04', ea: '11' };
  const { lines } = run('decode', [
    ...tokens.map(({ token, section }) => ({ ...keyed, id: `section ${section}`, token })),
    { ...keyed, id: 'test', token: stsVectors.class1[2]!.token },
  ]);
  const [one, two, , , shown] = parsed(lines);
  expect(one).toMatchObject({ class: 2, subclass: 3, section: 1, krn: to.krn, rollover: false, kt: 2 });
  expect(two).toMatchObject({ class: 2, subclass: 4, section: 2, ti: 1 });
  expect(shown).toMatchObject({ class: 1, subclass: 0, control: '0x1', mfrCode: 0 });
  expect(lines.join()).not.toMatch(/word/);
});
