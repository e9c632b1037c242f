import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, openSync, closeSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { delimiter, dirname, join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { identityOf, isRunning, type ProcessIdentity } from '../../persistence/embedded/process-identity.js';

export interface PrivateBrokerOptions {
  /** Where its database, log and cookie are; removed by the one who made it. */
  folder: string;
}

/** What another process (a Jest worker, say) needs to control the broker: see `attachPrivateBroker`. */
export interface PrivateBrokerInfo {
  folder: string;
  url: string;
  port: number;
  nodeName: string;
  serverPath: string;
  ctlPath: string;
  epmdPath: string;
  epmdPort: number;
  env: Record<string, string>;
}

/** A RabbitMQ that belongs to the tests, so that they may break it. */
export interface TestBroker {
  url: string;
  /** An orderly end, after which nothing of it runs. */
  stop(): Promise<void>;
  /**
   * The power cut: SIGKILL, and nothing else. RabbitMQ 3.10 writes down a new quorum queue within about five
   * seconds; one declared later than that before the cut never answers again.
   */
  kill(): Promise<void>;
  /** Boots it again on the same data and ports. */
  start(): Promise<void>;
  /** An orderly end, then a start. */
  restart(): Promise<void>;
}

/** A RabbitMQ node of our own: own ports, own folder, own Erlang cookie. */
export interface PrivateBroker extends TestBroker {
  info: PrivateBrokerInfo;
  /** It has no management API: only AMQP and `ctl`. */
  managementless: true;
  /** The process id of the running node, if it runs. */
  pid(): number | undefined;
  /** Runs `rabbitmqctl` against it and returns what it printed. */
  ctl(...args: string[]): string;
}

const BOOT_SECONDS = 90;

/** The server itself; the wrapper on the PATH of some distributions refuses everyone but root. */
export function findRabbitmqServer(): string | undefined {
  const candidates = ['/usr/lib/rabbitmq/bin/rabbitmq-server', onPath('rabbitmq-server')];
  return candidates.find((path) => path !== undefined && existsSync(path));
}

export async function startPrivateBroker(options: PrivateBrokerOptions): Promise<PrivateBroker> {
  const serverPath = findRabbitmqServer();
  if (!serverPath) throw new Error('there is no rabbitmq-server here');
  const epmdPath = onPath('epmd') ?? '/usr/lib/erlang/bin/epmd';
  if (!existsSync(epmdPath)) throw new Error('there is a rabbitmq-server here, but no epmd (part of Erlang)');

  const folder = resolve(options.folder);
  mkdirSync(join(folder, 'home'), { recursive: true });
  const [port, distPort, epmdPort] = (await freePorts(3)) as [number, number, number];
  const password = randomBytes(12).toString('hex');
  const nodeName = `wattline-${randomBytes(4).toString('hex')}@localhost`;
  writeFileSync(join(folder, 'enabled_plugins'), '[].\n');
  writeFileSync(join(folder, 'rabbitmq-env.conf'), '');
  writeFileSync(
    join(folder, 'rabbitmq.conf'),
    [
      `listeners.tcp.1 = 127.0.0.1:${port}`,
      'default_user = wattline',
      `default_pass = ${password}`,
      'vm_memory_high_watermark.absolute = 1GB',
      'disk_free_limit.absolute = 50MB',
      'log.console = false',
      'log.file.level = warning',
      '',
    ].join('\n'),
  );
  const broker = attachPrivateBroker({
    folder,
    url: `amqp://wattline:${password}@127.0.0.1:${port}`,
    port,
    nodeName,
    serverPath,
    ctlPath: join(dirname(serverPath), 'rabbitmqctl'),
    epmdPath,
    epmdPort,
    env: {
      PATH: process.env['PATH'] ?? '/usr/bin:/bin',
      LANG: 'C.UTF-8',
      HOME: join(folder, 'home'),
      RABBITMQ_NODENAME: nodeName,
      RABBITMQ_DIST_PORT: String(distPort),
      ERL_EPMD_PORT: String(epmdPort),
      ERL_EPMD_ADDRESS: '127.0.0.1',
      RABBITMQ_MNESIA_BASE: join(folder, 'db'),
      RABBITMQ_LOG_BASE: join(folder, 'log'),
      RABBITMQ_CONFIG_FILE: join(folder, 'rabbitmq.conf'),
      RABBITMQ_ADVANCED_CONFIG_FILE: join(folder, 'advanced.config'),
      RABBITMQ_CONF_ENV_FILE: join(folder, 'rabbitmq-env.conf'),
      RABBITMQ_ENABLED_PLUGINS_FILE: join(folder, 'enabled_plugins'),
      RABBITMQ_GENERATED_CONFIG_DIR: join(folder, 'generated'),
      RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS: '-kernel inet_dist_use_interface {127,0,0,1}',
      // The script then becomes the node, so that the id of one is the id of the other.
      RUNNING_UNDER_SYSTEMD: 'true',
    },
  });
  await broker.start();
  return broker;
}

/** The broker that another process started. */
export function attachPrivateBroker(info: PrivateBrokerInfo): PrivateBroker {
  const nodePid = pidFile(info.folder, 'node');
  const epmdPid = pidFile(info.folder, 'epmd');

  async function start(): Promise<void> {
    if (nodePid.alive()) return;
    if (!epmdPid.alive()) {
      const args = ['-port', String(info.epmdPort), '-address', '127.0.0.1'];
      epmdPid.write(launch(info, info.epmdPath, args).pid!);
    }
    const node = launch(info, info.serverPath, []);
    nodePid.write(node.pid!);
    for (let turn = 0; turn < BOOT_SECONDS * 10; turn++) {
      if (await speaksAmqp(info.port)) return;
      if (node.exitCode !== null || node.signalCode !== null) break;
      await sleep(100);
    }
    await end('SIGKILL');
    const said = readFileSync(join(info.folder, 'output.log'), 'utf8').slice(-3000);
    throw new Error(`the private RabbitMQ does not start:\n${said}`);
  }

  async function end(signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
    const pid = nodePid.alive();
    if (!pid) return;
    process.kill(pid, signal);
    for (let turn = 0; nodePid.alive(); turn++) {
      if (turn === 400) process.kill(pid, 'SIGKILL');
      await sleep(50);
    }
  }

  async function endEpmd(): Promise<void> {
    const pid = epmdPid.alive();
    if (pid) process.kill(pid, 'SIGTERM');
    for (let turn = 0; epmdPid.alive() && turn < 100; turn++) await sleep(20);
  }

  return {
    url: info.url,
    info,
    managementless: true,
    pid: () => nodePid.alive(),
    start,
    kill: () => end('SIGKILL'),
    stop: () => end('SIGTERM').then(endEpmd),
    restart: () => end('SIGTERM').then(start),
    ctl(...args) {
      const { status, stdout, stderr } = spawnSync(info.ctlPath, args, { env: info.env, encoding: 'utf8' });
      if (status !== 0) throw new Error(`rabbitmqctl ${args.join(' ')}: ${stderr || stdout}`);
      return stdout;
    },
  };
}

/** Ends at once what an abandoned run left behind in the folder, and removes the folder. */
export async function removePrivateBroker(folder: string): Promise<void> {
  for (const name of ['node', 'epmd']) {
    const file = pidFile(folder, name);
    const pid = file.alive();
    if (pid) process.kill(pid, 'SIGKILL');
    for (let turn = 0; file.alive() && turn < 100; turn++) await sleep(20);
  }
  for (let attempt = 1; ; attempt++) {
    try {
      return rmSync(folder, { recursive: true, force: true });
    } catch (error) {
      if (attempt === 20) throw error; // a helper of the node may still be writing
      await sleep(50);
    }
  }
}

/** In a session of its own: a Ctrl-C for the tests ends them first, and they end it. */
function launch(info: PrivateBrokerInfo, program: string, args: string[]): ChildProcess {
  const output = openSync(join(info.folder, 'output.log'), 'a');
  const child = spawn(program, args, {
    cwd: info.folder,
    env: info.env,
    detached: true,
    stdio: ['ignore', output, output],
  });
  child.on('error', () => undefined); // shows as a missing id, and in the output
  child.unref();
  closeSync(output);
  return child;
}

/** The id of a process of ours, kept with its start because ids are given out again. */
function pidFile(folder: string, name: string) {
  const path = join(folder, `${name}.pid`);
  return {
    write: (pid: number) => writeFileSync(path, JSON.stringify(identityOf(pid) ?? { pid, start: 'over' })),
    alive(): number | undefined {
      if (!existsSync(path)) return undefined;
      const identity = JSON.parse(readFileSync(path, 'utf8')) as ProcessIdentity;
      return isRunning(identity) ? identity.pid : undefined;
    },
  };
}

/** A broker that answers the AMQP greeting has finished booting: it opens its listeners last. */
export function speaksAmqp(port: number): Promise<boolean> {
  return new Promise((answer) => {
    const socket = connect(port, '127.0.0.1');
    const settle = (yes: boolean) => {
      socket.destroy();
      answer(yes);
    };
    socket.setTimeout(2000, () => settle(false));
    socket.once('error', () => settle(false));
    socket.once('close', () => settle(false));
    socket.once('connect', () => socket.write(Buffer.from('AMQP\0\0\u0009\u0001', 'latin1')));
    socket.once('data', (data) => settle(data[0] === 1));
  });
}

export async function freePorts(count: number): Promise<number[]> {
  const servers = Array.from({ length: count }, () => createServer());
  const ports = servers.map(
    (server) =>
      new Promise<number>((found, failed) => {
        server.once('error', failed);
        server.listen(0, '127.0.0.1', () => found((server.address() as { port: number }).port));
      }),
  );
  const found = await Promise.all(ports);
  await Promise.all(servers.map((server) => new Promise((closed) => server.close(closed))));
  return found;
}

function onPath(program: string): string | undefined {
  const folders = (process.env['PATH'] ?? '').split(delimiter);
  return folders.map((folder) => join(folder, program)).find((path) => existsSync(path));
}
