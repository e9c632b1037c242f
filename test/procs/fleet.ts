import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { setTimeout as sleep } from 'node:timers/promises';
import { SERVICES, type ServiceName } from '#contracts';
import { environmentsFor, type SystemPlan } from '#wattline';

export interface FleetOptions {
  /** The compiled apps. */
  apps: string;
  /** Where the processes' logs are. */
  folder: string;
  /** For Node, before the main file. */
  nodeOptions?: string[];
  /** The ports at which the services find each other. */
  ways: Record<ServiceName, number>;
}

interface Member {
  name: string;
  service: ServiceName;
  process: ChildProcess;
  /** For the next start, once. */
  crashOrder: string;
  starts: number;
}

/** What a supervisor takes to notice. */
const RESPAWN_MILLIS = 50;
const READY_MILLIS = 60_000;

/** The processes of the system under a supervisor that starts each again, however it ended. */
export class Fleet {
  private readonly members = new Map<string, Member>();
  private readonly environments: ReturnType<typeof environmentsFor>;
  private readonly supervised: string;
  private closing = false;

  constructor(
    private readonly plan: SystemPlan,
    private readonly options: FleetOptions,
  ) {
    this.environments = environmentsFor(plan);
    for (const environment of Object.values(this.environments))
      for (const service of SERVICES)
        environment[`${service.toUpperCase()}_URL`] = `http://127.0.0.1:${options.ways[service]}`;
    this.supervised = pathToFileURL(join(process.cwd(), 'dist/test/procs', './supervised.js')).href;
  }

  async start(): Promise<void> {
    for (const service of SERVICES) this.add(service, service);
    await this.untilReady();
  }

  /** One more process of a service, which shares its queue; requests go to the first. */
  addInstance(service: ServiceName, name: string): void {
    this.add(service, name, { PORT: '0' });
  }

  /** kill −9. The supervisor starts it again, with `crashOrder` when one is given. */
  async kill(name: string, crashOrder = ''): Promise<void> {
    const member = this.member(name);
    member.crashOrder = crashOrder;
    const { process: child } = member;
    if (isOver(child)) return;
    const exited = once(child, 'exit');
    child.kill('SIGKILL');
    await exited;
  }

  /**
   * Kills it, and has the next one die at a crash point. True when it did so in time; otherwise it lives on,
   * still armed, and whoever ends the run disarms it.
   */
  async killAt(name: string, crashOrder: string, timeoutMillis: number): Promise<boolean> {
    const deadline = performance.now() + timeoutMillis;
    await this.kill(name, crashOrder);
    const { starts } = this.member(name);
    while (performance.now() < deadline) {
      const member = this.member(name);
      // The armed one was started, and has ended.
      if (member.starts > starts + 1 || (member.starts === starts + 1 && isOver(member.process))) return true;
      await sleep(20);
    }
    return false;
  }

  freeze(name: string): void {
    this.member(name).process.kill('SIGSTOP');
  }

  thaw(name: string): void {
    this.member(name).process.kill('SIGCONT');
  }

  /** From now on its clock is wrong by so much; 0 puts it right. A process that starts has the right time. */
  shiftClock(name: string, millis: number): void {
    this.member(name).process.stdin?.write(`${millis}\n`);
  }

  /** Every service answers that it is ready. */
  async untilReady(): Promise<void> {
    const deadline = performance.now() + READY_MILLIS;
    for (const service of SERVICES) {
      const url = `http://127.0.0.1:${this.plan.ports[service]}/health/ready`;
      for (;;) {
        const answer = await fetch(url, { signal: AbortSignal.timeout(2_000) }).catch(() => undefined);
        await answer?.body?.cancel();
        if (answer?.status === 200) break;
        if (performance.now() > deadline) throw new Error(`${service} is not ready after ${READY_MILLIS} ms`);
        await sleep(50);
      }
    }
  }

  /** SIGTERM to all; what does not drain in time is killed, and named. */
  async close(timeoutMillis = 15_000): Promise<string[]> {
    this.closing = true;
    const forced: string[] = [];
    await Promise.all(
      [...this.members.values()].map(async ({ name, process: child }) => {
        if (isOver(child)) return;
        const exited = once(child, 'exit');
        child.kill('SIGCONT');
        child.kill('SIGTERM');
        const timer = setTimeout(() => {
          forced.push(name);
          child.kill('SIGKILL');
        }, timeoutMillis);
        await exited;
        clearTimeout(timer);
      }),
    );
    return forced;
  }

  private add(service: ServiceName, name: string, environment: Record<string, string> = {}): void {
    const start = (member: Member) => {
      const { crashOrder } = member;
      member.crashOrder = '';
      member.starts += 1;
      member.process = this.spawn(service, name, { ...environment, WATTLINE_CRASH_POINT: crashOrder });
      member.process.once('exit', () => {
        setTimeout(() => this.closing || start(member), RESPAWN_MILLIS);
      });
    };
    const member = { name, service, crashOrder: '', starts: 0 } as unknown as Member;
    this.members.set(name, member);
    start(member);
  }

  private spawn(service: ServiceName, name: string, environment: Record<string, string>): ChildProcess {
    const log = openSync(join(this.options.folder, `${name}.log`), 'a');
    const main = join(this.options.apps, service, 'main.js');
    const child = spawn(
      process.execPath,
      ['--import', this.supervised, ...(this.options.nodeOptions ?? []), main],
      {
        env: { ...this.environments[service], ...environment },
        stdio: ['pipe', log, log],
        detached: true, // a Ctrl-C is for the run, which ends them
      },
    );
    child.stdin?.on('error', () => undefined); // it was killed
    closeSync(log);
    return child;
  }

  private member(name: string): Member {
    const member = this.members.get(name);
    if (!member) throw new Error(`there is no process ${name}`);
    return member;
  }
}

function isOver(child: ChildProcess): boolean {
  return child.exitCode !== null || child.signalCode !== null;
}
