import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePorts, speaksAmqp, type TestBroker } from './private-broker.js';

const IMAGE = 'rabbitmq:4-management';

export interface DockerBrokerInfo {
  container: string;
  url: string;
  port: number;
}

export interface DockerBroker extends TestBroker {
  info: DockerBrokerInfo;
}

/** A client without an engine does not count. */
export function hasDockerEngine(): boolean {
  const { status } = spawnSync('docker', ['version', '--format', '{{.Server.Version}}'], {
    stdio: 'ignore',
    timeout: 5000,
  });
  return status === 0;
}

export async function startDockerBroker(): Promise<DockerBroker> {
  const [port] = (await freePorts(1)) as [number];
  const password = randomBytes(12).toString('hex');
  const container = `wattline-test-${randomBytes(4).toString('hex')}`;
  docker(
    'run',
    ...['--detach', '--name', container, '--hostname', container],
    ...['--publish', `127.0.0.1:${port}:5672`],
    ...['--env', 'RABBITMQ_DEFAULT_USER=wattline', '--env', `RABBITMQ_DEFAULT_PASS=${password}`],
    IMAGE,
  );
  const url = `amqp://wattline:${password}@127.0.0.1:${port}`;
  const broker = attachDockerBroker({ container, url, port });
  try {
    await ready(port);
  } catch (error) {
    await broker.stop();
    throw error;
  }
  return broker;
}

export function attachDockerBroker(info: DockerBrokerInfo): DockerBroker {
  const { container, port } = info;
  const start = async () => {
    docker('start', container);
    await ready(port);
  };
  return {
    url: info.url,
    info,
    start,
    stop: async () => docker('rm', '--force', '--volumes', container),
    kill: async () => docker('kill', container),
    restart: async () => {
      docker('stop', container);
      await start();
    },
  };
}

async function ready(port: number): Promise<void> {
  for (let turn = 0; turn < 600; turn++) {
    if (await speaksAmqp(port)) return;
    await sleep(100);
  }
  throw new Error(`the container with ${IMAGE} does not answer on port ${port}`);
}

function docker(command: string, ...args: string[]): void {
  const { status, stderr } = spawnSync('docker', [command, ...args], { encoding: 'utf8' });
  if (status !== 0) throw new Error(`docker ${command}: ${stderr}`);
}
