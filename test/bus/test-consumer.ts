import { Controller, Module } from '@nestjs/common';
import { Column, Entity, type MigrationInterface, PrimaryColumn, type QueryRunner } from 'typeorm';
import { type Envelope, PaymentCompleted, PaymentFailed, PaymentRefunded, VendRequested } from '#contracts';
import { type Clock, newId } from '#kernel';
import { Consumes, type EventOf, type Transport, type Tx, wrap } from '#messaging';
import { baseSettings, type RunningService, runService, type ServiceDefinition } from '#service-host';

/** Counts how often the effect of each payment happened, in a way that is not idempotent by itself. */
@Entity('counters')
class Counter {
  @PrimaryColumn('text') id!: string;
  @Column('bigint') count!: bigint;
}

class CounterTable1700000000009 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE counters (id text PRIMARY KEY, count bigint NOT NULL);
      INSERT INTO counters VALUES ('total', 0);`);
  }
  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE counters');
  }
}

/** What the handler does with a payment, decided by the test. */
export type Plan = Map<string, 'throw' | 'swallow'>;

function definitionFor(plan: Plan): ServiceDefinition {
  @Controller()
  class CountPayments {
    @Consumes(PaymentCompleted)
    async count(event: EventOf<typeof PaymentCompleted>, tx: Tx): Promise<void> {
      const planned = plan.get(event.data.paymentId);
      // Planted bug: the failure is swallowed, so the event looks handled although it had no effect.
      if (planned === 'swallow') return;
      const total = await tx.get(Counter, 'total');
      tx.set(total, { count: total.count + 1n });
      if (planned === 'throw') throw new Error('this payment is not for us');
    }

    @Consumes(PaymentRefunded)
    async leave(_event: EventOf<typeof PaymentRefunded>, _tx: Tx): Promise<void> {}

    @Consumes(VendRequested)
    async vend(_event: EventOf<typeof VendRequested>, _tx: Tx): Promise<void> {}

    @Consumes(PaymentFailed)
    async ignore(_event: EventOf<typeof PaymentFailed>, _tx: Tx): Promise<void> {}
  }

  @Module({ controllers: [CountPayments] })
  class CountModule {}

  return {
    name: 'billing',
    module: CountModule,
    entities: [Counter],
    migrations: [CounterTable1700000000009],
    settings: baseSettings,
  };
}

/** A service that consumes like every other one; its one effect is to count. */
export function startTestConsumer(
  databaseUrl: string,
  transport: Transport,
  options: { plan?: Plan; clock?: Clock } = {},
): Promise<RunningService> {
  return runService(definitionFor(options.plan ?? new Map()), {
    environment: {
      DATABASE_URL: databaseUrl,
      PORT: '0',
      INTERNAL_SECRET: 'x'.repeat(32),
      LOG_LEVEL: 'silent',
      POOL_SIZE: '4',
    },
    transport,
    clock: options.clock,
  });
}

/** An event that billing consumes. */
export function completed(clock: Clock): Envelope<{ paymentId: string }> {
  const paymentId = newId();
  const payload = {
    paymentId,
    reference: 'P-TEST',
    purpose: 'bill' as const,
    method: 'wallet' as const,
    payerId: newId(),
    billId: newId(),
    amount: { amount: '50.00', currency: 'NGN' },
    title: 'Bill B-TEST',
    receiptNumber: 'R-TEST',
    completedAt: clock.now().toISOString(),
  };
  return wrap(PaymentCompleted, paymentId, payload, clock, { correlationId: newId() });
}
