// Nest's stock RabbitMQ transport, with acknowledgement by hand, and TypeORM's save() for each row.
import 'reflect-metadata';
import { ClientProxyFactory, Transport } from '@nestjs/microservices';
import { NestFactory } from '@nestjs/core';
import { lastValueFrom } from 'rxjs';
import { DataSource, EntitySchema } from 'typeorm';

const urls = [process.env.AMQP_URL];
const queue = `peer.transfers.${process.env.PEER_RUN}`;
const queueOptions = { durable: true, arguments: { 'x-queue-type': 'quorum' } };
const bigint = { type: 'bigint', transformer: { from: Number, to: String } };

const Account = new EntitySchema({
  name: 'accounts',
  columns: { id: { type: 'int', primary: true }, balance: bigint },
});
const Payment = new EntitySchema({
  name: 'payments',
  columns: {
    key: { type: 'text', primary: true },
    payer: { type: 'int' },
    payee: { type: 'int' },
    amount: bigint,
    status: { type: 'text' },
  },
});
const Entry = new EntitySchema({
  name: 'ledger',
  columns: {
    id: { type: 'bigint', primary: true, generated: 'increment' },
    key: { type: 'text' },
    account: { type: 'int' },
    amount: bigint,
    balanceAfter: { ...bigint, name: 'balance_after' },
  },
});

export async function openSender() {
  const options = { urls, queue, queueOptions, persistent: true };
  const client = ClientProxyFactory.create({ transport: Transport.RMQ, options });
  await client.connect();
  return {
    send: (order) => lastValueFrom(client.emit('transfer', order), { defaultValue: undefined }),
    close: () => client.close(),
  };
}

export async function startWorker() {
  const source = new DataSource({
    type: 'postgres',
    url: process.env.DATABASE_URL,
    entities: [Account, Payment, Entry],
    extra: { max: 16 },
  });
  await source.initialize();
  class Root {}
  const options = { urls, queue, queueOptions, noAck: false, prefetchCount: 64, persistent: true };
  const app = await NestFactory.createMicroservice(Root, {
    transport: Transport.RMQ,
    options,
    logger: false,
  });
  const server = app.serverInstance ?? app.server;
  server.addHandler(
    'transfer',
    async (order, context) => {
      await move(source, order);
      context.getChannelRef().ack(context.getMessage());
    },
    true,
  );
  await app.listen();
  return { close: () => app.close() };
}

async function move(source, { key, payer, payee, amount }) {
  await source.transaction(async (manager) => {
    if (await manager.findOneBy(Payment, { key })) return;
    const payment = await manager.save(Payment, { key, payer, payee, amount, status: 'PENDING' });
    const lock = { lock: { mode: 'pessimistic_write' } };
    const accounts = new Map();
    for (const id of [payer, payee].sort((a, b) => a - b))
      accounts.set(id, await manager.findOneOrFail(Account, { where: { id }, ...lock }));
    const [from, to] = [accounts.get(payer), accounts.get(payee)];
    if (from.balance < amount) {
      await manager.save(Payment, { ...payment, status: 'FAILED' });
      return;
    }
    from.balance -= amount;
    to.balance += amount;
    await manager.save(Account, [from, to]);
    await manager.save(Entry, [
      { key, account: payer, amount: -amount, balanceAfter: from.balance },
      { key, account: payee, amount, balanceAfter: to.balance },
    ]);
    await manager.save(Payment, { ...payment, status: 'PAID' });
  });
}
