import { Inject, Injectable } from '@nestjs/common';
import { checkInvariants, type InvariantReport } from '#invariants';
import { Clock } from '#kernel';
import { type BaseSettings, SETTINGS } from '#service-host';

const REUSED_MILLIS = 5_000;

/**
 * Checks the invariants of the running system for whoever asks, one run at a time: who asks during a run waits
 * for it, and who asks within five seconds after it gets the same report.
 */
@Injectable()
export class CheckSystem {
  private running: Promise<InvariantReport> | undefined;
  private last: { report: InvariantReport; endedAt: number } | undefined;

  constructor(
    private readonly clock: Clock,
    @Inject(SETTINGS) private readonly settings: BaseSettings,
  ) {}

  /** Rejects when the database cannot be read. */
  run(): Promise<InvariantReport> {
    const { last } = this;
    if (last && this.now() - last.endedAt < REUSED_MILLIS) return Promise.resolve(last.report);
    this.running ??= this.check().finally(() => (this.running = undefined));
    return this.running;
  }

  private async check(): Promise<InvariantReport> {
    const report = await checkInvariants({ databaseUrl: this.settings.DATABASE_URL });
    this.last = { report, endedAt: this.now() };
    return report;
  }

  private now(): number {
    return this.clock.now().getTime();
  }
}
