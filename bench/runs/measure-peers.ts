import { execFile, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { fileURLToPath } from 'node:url';
import { freePorts } from '../../libs/testing/broker/private-broker.js';
import type { BenchWorld } from '../world/bench-world.js';
import type { Say } from './throughput.js';

export const PEERS = ['graphile-worker', 'pg-boss', 'bullmq', 'nest-rmq'] as const;
export type Peer = (typeof PEERS)[number];

const FOLDER = fileURLToPath(new URL('../../../bench/peers/', import.meta.url));

/** Installs what the rivals need, once, apart from the product. */
export function installPeers(say: Say): void {
  if (existsSync(join(FOLDER, 'node_modules/.package-lock.json'))) return;
  say('installing the rivals into bench/peers …');
  const { status } = spawnSync('npm', ['ci', '--no-audit', '--no-fund', '--silent'], {
    cwd: FOLDER,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  if (status !== 0) throw new Error('the rivals could not be installed');
}

/** What was measured: as installed, and the Redis of this machine. */
export function peerVersions(): Record<string, string> {
  const { dependencies } = JSON.parse(readFileSync(join(FOLDER, 'package.json'), 'utf8')) as {
    dependencies: Record<string, string>;
  };
  const redis = spawnSync('redis-server', ['--version'], { encoding: 'utf8' }).stdout as string | null;
  return { ...dependencies, redis: /v=(\S+)/.exec(redis ?? '')?.[1] ?? 'none' };
}

/** S1 by a rival: transfers a second, or undefined where what it needs is not on this machine. Throws when its books are wrong. */
export async function measurePeer(
  world: BenchWorld,
  peer: Peer,
  { seconds, warmSeconds }: { seconds: number; warmSeconds: number },
): Promise<number | undefined> {
  const redis = peer === 'bullmq' ? await startRedis() : undefined;
  if (peer === 'bullmq' && !redis) return undefined;
  const databaseUrl = await world.database();
  try {
    const { stdout } = await promisify(execFile)(process.execPath, ['run-peer.mjs', peer], {
      cwd: FOLDER,
      maxBuffer: Infinity, // what a rival logs
      timeout: (seconds + warmSeconds) * 1_000 + 120_000,
      env: {
        PATH: process.env.PATH,
        DATABASE_URL: databaseUrl,
        AMQP_URL: world.broker.url,
        REDIS_PORT: String(redis?.port),
        PEER_RUN: new URL(databaseUrl).pathname.slice(1),
        SECONDS: String(seconds),
        WARM_SECONDS: String(warmSeconds),
      },
    });
    const { perSecond, wrong } = JSON.parse(stdout.trim().split('\n').at(-1)!) as Answer;
    if (wrong.length > 0) throw new Error(`${peer}: ${wrong.join(', ')}`);
    return perSecond;
  } finally {
    await world.drop(databaseUrl);
    await redis?.stop();
  }
}

interface Answer {
  perSecond: number;
  wrong: string[];
}

/** A Redis of its own that writes each change through to the disk before it answers. */
async function startRedis(): Promise<{ port: number; stop(): Promise<void> } | undefined> {
  if (spawnSync('redis-server', ['--version']).status !== 0) return undefined;
  const [port] = await freePorts(1);
  const folder = mkdtempSync(join(tmpdir(), 'wattline-redis-'));
  mkdirSync(folder, { recursive: true });
  const durable = ['--appendonly', 'yes', '--appendfsync', 'always', '--save', ''];
  const args = ['--port', String(port), '--bind', '127.0.0.1', '--dir', folder, ...durable];
  const child = spawn('redis-server', args, { stdio: 'ignore' });
  return {
    port: port!,
    stop: async () => {
      const exited = once(child, 'exit');
      child.kill('SIGTERM');
      await exited;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
