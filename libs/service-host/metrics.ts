import { EventRate } from './event-rate.js';
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';

/** The service's Prometheus metrics; one registry per service, also when several share a process. */
export class Metrics {
  readonly rate = new EventRate();
  readonly registry = new Registry();
  readonly handled: Counter<'event'>;
  readonly failed: Counter<'event' | 'state'>;
  readonly requests: Histogram<'method' | 'route' | 'status'>;
  readonly batches: Histogram<'stream'>;
  readonly waiting: Gauge<'what'>;
    this.busConnected = new Gauge({
      name: 'wattline_bus_connected',
      help: '1 while the bus is connected, else 0',
      registers,
    });
  }

  /** A number that is read anew whenever the metrics are. */
  watch(name: string, help: string, read: () => Promise<number>): void {
    new Gauge({
      name,
      help,
      registers: [this.registry],
      async collect() {
        this.set(await read());
      },
    });
  }
}
