import { spawnSync } from 'node:child_process';
import { CRASH_POINTS, crashOrderFault, type CrashPoint } from '#persistence';

/** Visits these points in a process of its own, armed with `order`; says which it outlived, and what ended it. */
function visiting(order: string, points: CrashPoint[]) {
  const script = `
    const { armCrashPoint, crashPoint } = await import('./dist/libs/persistence/crash-points.js');
    armCrashPoint('${order}');
    for (const point of ${JSON.stringify(points)}) { crashPoint(point); process.stdout.write(point + ' '); }`;
  const { signal, stdout } = spawnSync(process.execPath, ['--input-type=module', '-e', script]);
  return { signal, outlived: stdout.toString().split(' ').filter(Boolean) };
}

test('a process dies at the point and at the visit that it is armed for', () => {
  const points: CrashPoint[] = ['before-commit', 'before-http-answer', 'before-commit', 'before-commit'];
  expect(visiting('before-commit:2', points)).toEqual({
    signal: 'SIGKILL',
    outlived: ['before-commit', 'before-http-answer'],
  });
  expect(visiting('before-http-answer', points)).toEqual({ signal: 'SIGKILL', outlived: ['before-commit'] });
});

test('a process that is not armed, or for another point, goes on', () => {
  expect(visiting('', [...CRASH_POINTS])).toEqual({ signal: null, outlived: [...CRASH_POINTS] });
  expect(visiting('before-commit:2', ['before-commit', 'before-transaction']).signal).toBeNull();
});

test.each(['before-commit:0', 'before-commit:', 'nowhere', 'before-commit:x', ' before-commit'])(
  'an order that names no point and visit is refused: "%s"',
  (order) => expect(crashOrderFault(order)).toContain('must be one of'),
);
