import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { Pool } from 'undici';

/** Not counted: until the code is compiled. */
const WARM_MILLIS = 3_000;
const CALLERS = 64;
const BODY = JSON.stringify({
  billId: '0193b3f0-0000-7000-8000-000000000000',
  amount: '1.00',
  method: 'wallet',
});

/** JSON POSTs a second against Nest on Fastify in a process of its own, by the client that the load uses. */
export async function httpFloor(seconds: number): Promise<number> {
  const server = fileURLToPath(new URL('./http-server.js', import.meta.url));
  const child = spawn(process.execPath, [server], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [said] = (await once(child.stdout, 'data')) as [Buffer];
  const pool = new Pool(said.toString().trim(), { connections: CALLERS, pipelining: 1 });
  let answered = 0;
  const started = performance.now() + WARM_MILLIS;
  const one = async () => {
    while (performance.now() - started < seconds * 1_000) {
      const headers = { 'content-type': 'application/json' };
      const { body } = await pool.request({ method: 'POST', path: '/echo', headers, body: BODY });
      await body.json();
      if (performance.now() >= started) answered += 1;
    }
  };
  await Promise.all(Array.from({ length: CALLERS }, one));
  const perSecond = answered / ((performance.now() - started) / 1_000);
  await pool.close();
  const exited = once(child, 'exit');
  child.kill('SIGTERM');
  await exited;
  return perSecond;
}
