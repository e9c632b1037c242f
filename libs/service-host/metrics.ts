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
  readonly oldest: Gauge<'what'>;
  readonly busConnected: Gauge;

  constructor(service: string) {
    this.registry.setDefaultLabels({ service });
    collectDefaultMetrics({ register: this.registry });
    const registers = [this.registry];
    this.handled = new Counter({
      name: 'wattline_events_handled_total',
      help: 'Events whose effects are committed',
      labelNames: ['event'],
      registers,
    });
    this.failed = new Counter({
      name: 'wattline_events_failed_total',
      help: 'Attempts that failed, by the state of the event afterwards',
      labelNames: ['event', 'state'],
      registers,
    });
    this.requests = new Histogram({
      name: 'wattline_request_seconds',
      help: 'Time to answer a request',
      labelNames: ['method', 'route', 'status'],
      buckets: [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5],
      registers,
    });
    this.batches = new Histogram({
      name: 'wattline_batch_works',
      help: 'Works that shared one transaction',
      labelNames: ['stream'],
      buckets: [1, 2, 5, 10, 20, 50, 100, 200, 500],
      registers,
    });
    this.waiting = new Gauge({
      name: 'wattline_waiting',
      help: 'Events and outside calls that wait in this service',
      labelNames: ['what'],
      registers,
    });
    this.oldest = new Gauge({
      name: 'wattline_oldest_seconds',
      help: 'How long the oldest one waits',
      labelNames: ['what'],
      registers,
    });
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
