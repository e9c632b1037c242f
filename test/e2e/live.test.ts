import { randomBytes } from 'node:crypto';
import { gatewayService } from '#gateway';
import { type RunningService, runService } from '#service-host';
import { LiveClient, until } from '#testing';
import { environmentsFor } from '#wattline';
import { Person } from './person.js';
import { startOneProcess, type SystemUnderTest } from './system.js';

const amqpUrl = process.env.WATTLINE_TEST_AMQP;

test('on the embedded bus a payer sees the payment go through, and the wallet change', async () => {
  const world = await startOneProcess();
  try {
    await seesEverything(world, [world.api.url]);
  } finally {
    await world.stop();
  }
}, 60_000);

(amqpUrl ? test : test.skip)(
  'two gateways on one broker both tell what happens, and only to whom it concerns',
  async () => {
    const environment = { AMQP_URL: amqpUrl!, BUS_PREFIX: `test${randomBytes(4).toString('hex')}` };
    const world = await startOneProcess({ environment });
    let second: RunningService | undefined;
    try {
      second = await runService(gatewayService, {
        environment: { ...environmentsFor(world.plan).gateway, PORT: '0' },
      });
      await seesEverything(world, [world.api.url, second.url]);
      const queues = await world.database.rows<{ count: string }>('SELECT count(*) FROM gateway.inbox');
      expect(queues).toEqual([{ count: 0n.toString() }]);
    } finally {
      await second?.close();
      await world.stop();
    }
  },
  60_000,
);

async function seesEverything(world: SystemUnderTest, urls: string[]): Promise<void> {
  const [payer, stranger] = [await Person.register(world), await Person.register(world, 'A Stranger')];
  const mine = await Promise.all(urls.map((url) => LiveClient.signedIn(url, payer.session.accessToken)));
  const theirs = await Promise.all(urls.map((url) => LiveClient.signedIn(url, stranger.session.accessToken)));
  await payer.addFunds('100.00');
  const bill = await payer.createBill('40.00');
  const paid = await payer.finished(await payer.post('/api/payments', { billId: bill.id, amount: '40.00' }));
  for (const client of mine) {
    await client.untilMessage('wallet', ({ change }) => change === 'capture');
    await client.untilMessage('notification', ({ billId }) => billId === bill.id);
    const steps = () => client.messages.filter(({ type, data }) => type === 'payment' && data.id === paid.id);
    await until('all its steps are told', () => steps().some(({ data }) => data.step === 'paid'));
    expect(new Set(steps().map(({ data }) => data.status))).toEqual(
      new Set(['PENDING', 'PROCESSING', 'PAID']),
    );
    expect(steps()).toHaveLength(3);
  }
  for (const client of theirs) expect(client.messages.map(({ type }) => type)).toEqual(['ready']);
  expect((await payer.api.post('/api/auth/logout')).status).toBe(204);
  for (const client of mine) expect((await client.untilClosed()).code).toBe(4401);
  for (const client of theirs) client.close();
}
