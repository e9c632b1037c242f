import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** The id of a process is given out again after its end; with its start it names one process for ever. */
export interface ProcessIdentity {
  pid: number;
  start: string;
}

/** Undefined when no such process runs. */
export function identityOf(pid: number): ProcessIdentity | undefined {
  if (!isAlive(pid)) return undefined;
  return { pid, start: startOf(pid) };
}

export function isRunning(identity: ProcessIdentity): boolean {
  return identityOf(identity.pid)?.start === identity.start;
}

/** A zombie, which only waits for its parent to look, does not count. */
export function isAlive(pid: number): boolean {
  return isIdInUse(pid) && statOf(pid)?.state !== 'Z';
}

export function isIdInUse(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** The command line, or an empty text where the system does not tell. */
export function commandOf(pid: number): string {
  try {
    if (process.platform === 'linux')
      return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
    if (process.platform !== 'win32') return ps(pid, 'args=');
  } catch {
    // It ended meanwhile.
  }
  return '';
}

function startOf(pid: number): string {
  try {
    if (process.platform === 'linux') {
      return `${readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()} ${statOf(pid)?.start}`;
    }
    if (process.platform !== 'win32') return ps(pid, 'lstart=');
  } catch {
    // It ended meanwhile, or the system does not tell.
  }
  return '';
}

function statOf(pid: number): { state: string; start: string } | undefined {
  if (process.platform !== 'linux') return undefined;
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The command comes second, in parentheses, and may hold blanks and parentheses itself.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return { state: fields[0]!, start: fields[19]! };
  } catch {
    return undefined;
  }
}

function ps(pid: number, column: string): string {
  return execFileSync('ps', ['-o', column, '-p', String(pid)], { encoding: 'utf8' }).trim();
}
