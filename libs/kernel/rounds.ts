/** Does a job again and again: one round at a time, and after a round that failed the next one comes as usual. */
export class Rounds {
  private timer: NodeJS.Timeout | undefined;
  private round: Promise<unknown> | undefined;

  constructor(
    private readonly job: () => Promise<unknown>,
    private readonly onFailure: (error: unknown) => void,
  ) {}

  /** The first round comes after one interval. A process does not live on for its rounds. */
  start(everyMillis: number): void {
    this.timer = setInterval(() => {
      this.round ??= this.job()
        .catch(this.onFailure)
        .finally(() => (this.round = undefined));
    }, everyMillis).unref();
  }

  /** No further round; resolves when the one under way is over. */
  async stop(): Promise<void> {
    clearInterval(this.timer);
    await this.round;
  }
}
