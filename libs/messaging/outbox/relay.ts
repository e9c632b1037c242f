import type { DataSource } from 'typeorm';
import type { Clock } from '#kernel';
import { crashPoint, runPrepared } from '#persistence';
import type { Transport } from '../transport/transport.port.js';
import { type OutboxRow } from './outbox.entity.js';

export interface RelayOptions {
  /** Events in one message, at most; 1 switches packing off. */
  packSize: number;
  sweepMillis?: number;
  onProblem?: (text: string, error: unknown) => void;
}

/** How long the process that wrote an event has to publish it before a sweep does. */
export const RELAY_LEASE_MILLIS = 5_000;
const MAX_IN_FLIGHT = 20_000;
const SWEEP_ROWS = 1_000;
const MARK_MILLIS = 50;

/**
 * Brings committed events to the bus: from memory right after the commit, and by a sweep what a crash or an
 * absent bus left behind. An event may be published twice, and is never forgotten.
 */
export class Relay {
  private readonly inFlight = new Set<string>();
  private ready: OutboxRow[] = [];
  private published: string[] = [];
  private marking: Promise<void> | undefined;
  private sweeper: NodeJS.Timeout | undefined;
  private sweeping: Promise<void> | undefined;
  private stopped = false;

  constructor(
    private readonly dataSource: DataSource,
    private readonly transport: Transport,
    private readonly clock: Clock,
    private readonly options: RelayOptions,
  ) {}

  start(): void {
    this.sweeper = setInterval(() => this.sweepSoon(), this.options.sweepMillis ?? 1_000);
    this.sweepSoon();
  }

  /** Takes an event whose transaction has just committed. */
  push(row: OutboxRow): void {
    crashPoint('after-commit-before-publish');
    if (this.stopped || this.inFlight.size >= MAX_IN_FLIGHT) return; // the sweep will find it
    if (this.ready.length === 0) setImmediate(() => this.publishReady());
    this.inFlight.add(row.id);
    this.ready.push(row);
  }

  /** Publishes what no process has published in time. */
  async sweep(): Promise<void> {
    for (;;) {
      const rows = await this.claimOverdue();
      const mine = rows.filter((row) => !this.inFlight.has(row.id));
      for (const row of mine) this.inFlight.add(row.id);
      await this.publish(mine);
      if (rows.length < SWEEP_ROWS || !this.transport.connected) return;
    }
  }

  /** Waits, within reason, for confirmations and for their marks; what is left is swept at the next start. */
  async stop(timeoutMillis = 5_000): Promise<void> {
    this.stopped = true;
    clearInterval(this.sweeper);
    const deadline = performance.now() + timeoutMillis;
    while (this.inFlight.size > 0 && this.transport.connected && performance.now() < deadline) {
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    await this.sweeping;
    await this.marking;
    await this.mark();
  }

  private sweepSoon(): void {
    if (this.sweeping || !this.transport.connected) return;
    this.sweeping = this.sweep()
      .catch((error: unknown) => this.options.onProblem?.('the outbox could not be swept', error))
      .finally(() => (this.sweeping = undefined));
  }

  private publishReady(): void {
    const rows = this.ready;
    this.ready = [];
    void this.publish(rows);
  }

  private async publish(rows: OutboxRow[]): Promise<void> {
    await Promise.all(pack(rows, this.options.packSize).map((message) => this.publishMessage(message)));
  }

  private async publishMessage(rows: OutboxRow[]): Promise<void> {
    const body = `[${rows.map((row) => row.envelope).join(',')}]`;
    try {
      await this.transport.publish({ routingKey: rows[0]!.name, body });
      crashPoint('after-confirm-before-mark');
      this.published.push(...rows.map((row) => row.id));
      this.markSoon();
    } catch (error) {
      this.options.onProblem?.(`${rows.length} ${rows[0]!.name} not published, the sweep tries again`, error);
    } finally {
      for (const row of rows) this.inFlight.delete(row.id);
    }
  }

  private markSoon(): void {
    this.marking ??= new Promise((resolve) => setTimeout(resolve, MARK_MILLIS))
      .then(() => this.mark())
      .catch((error: unknown) => this.options.onProblem?.('published events could not be marked', error))
      .finally(() => {
        this.marking = undefined;
        if (this.published.length > 0) this.markSoon();
      });
  }

  /** Not marked means published again later, which every consumer bears. */
  private async mark(): Promise<void> {
    const ids = this.published.splice(0);
    if (ids.length === 0) return;
    const sorted = ids.sort();
    // The range tells PostgreSQL which days' partitions it need not look into.
    await runPrepared(
      this.dataSource,
      `UPDATE outbox SET published_at = $2 WHERE id = ANY($1::uuid[]) AND id BETWEEN $3 AND $4`,
      [sorted, this.clock.now(), sorted[0], sorted.at(-1)],
    );
  }

  /** Rows are taken by lease, not by "id above the last one": a late commit has a low id. */
  private async claimOverdue(): Promise<OutboxRow[]> {
    const now = this.clock.now();
    const [rows] = await this.dataSource.query<[OutboxRow[], number]>(
      `UPDATE outbox SET relay_after = $2
       WHERE id IN (SELECT id FROM outbox WHERE published_at IS NULL AND relay_after <= $1
                    ORDER BY id LIMIT ${SWEEP_ROWS} FOR UPDATE SKIP LOCKED)
       RETURNING id, name, envelope`,
      [now, new Date(now.getTime() + RELAY_LEASE_MILLIS)],
    );
    return rows;
  }
}

const MAX_BYTES = 256 * 1024;

/** Events of one name travel together: one message of the broker costs as much as a hundred events in it. */
function pack(rows: OutboxRow[], size: number): OutboxRow[][] {
  const messages: OutboxRow[][] = [];
  const open = new Map<string, { rows: OutboxRow[]; bytes: number }>();
  for (const row of rows) {
    let message = open.get(row.name);
    if (!message || message.rows.length >= size || message.bytes + row.envelope.length > MAX_BYTES) {
      message = { rows: [], bytes: 0 };
      open.set(row.name, message);
      messages.push(message.rows);
    }
    message.rows.push(row);
    message.bytes += row.envelope.length;
  }
  return messages;
}
