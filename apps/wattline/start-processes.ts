import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { SERVICES, type ServiceName } from '#contracts';
import { checkSettings, ownSettings } from './service-definitions.js';
import { environmentsFor, type SystemPlan } from './service-environments.js';

export interface RunningProcesses {
  url: string;
  processes: Record<ServiceName, ChildProcess>;
  /** Resolves with the name of the first service that ends by itself. */
  anyEnded: Promise<ServiceName>;
  /** Lets every process drain and end. */
  close(): Promise<void>;
}

const READY_MILLIS = 60_000;

/** The compiled apps, beside this one. */
const APPS = fileURLToPath(new URL('..', import.meta.url));

export interface ProcessOptions {
  /** The compiled apps. */
  apps?: string;
  /** For Node, before the main file. */
  nodeOptions?: string[];
}

/** Starts the six services as six processes, and waits until the gateway says that all are ready. */
export async function startProcesses(
  plan: SystemPlan,
  { apps = APPS, nodeOptions = [] }: ProcessOptions = {},
): Promise<RunningProcesses> {
  const environments = environmentsFor(plan);
  checkSettings(environments);
  const processes = Object.fromEntries(
    SERVICES.map((name) => [
      name,
      startProcess([...nodeOptions, join(apps, name, 'main.js')], ownSettings(name, environments[name])),
    ]),
  ) as Record<ServiceName, ChildProcess>;
  const anyEnded = Promise.race(SERVICES.map((name) => once(processes[name], 'exit').then(() => name)));
  const close = async () => {
    for (const name of [...SERVICES].reverse()) await end(processes[name]);
  };
  const url = `http://127.0.0.1:${plan.ports.gateway}`;
  const ended = anyEnded.then((name) =>
    Promise.reject(new Error(`${name} ended while the system was starting`)),
  );
  ended.catch(() => undefined);
  try {
    await Promise.race([untilReady(url), ended]);
  } catch (error) {
    await close();
    throw error;
  }
  return { url, processes, anyEnded, close };
}

function startProcess(args: string[], environment: Record<string, string | undefined>): ChildProcess {
  // Its own process group: a Ctrl-C reaches the launcher, which lets the services drain one after the other.
  return spawn(process.execPath, ['--enable-source-maps', ...args], {
    env: { PATH: process.env.PATH, ...environment },
    stdio: ['ignore', 'inherit', 'inherit'],
    detached: true,
  });
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit');
  child.kill('SIGTERM');
  await exited;
}

async function untilReady(url: string): Promise<void> {
  const deadline = performance.now() + READY_MILLIS;
  while (performance.now() < deadline) {
    const answer = await fetch(`${url}/health/ready`).catch(() => undefined); // it is not listening yet
    if (answer?.status === 200) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`the system was not ready after ${READY_MILLIS / 1000} s`);
}
