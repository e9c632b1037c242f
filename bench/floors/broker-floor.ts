import { connect } from 'amqplib';

/** Not counted: until the code is compiled. */
const WARM_MILLIS = 3_000;
const BYTES = 400;
const IN_FLIGHT = 1_000;
const PREFETCH = 200;

/** Messages a second through one quorum queue: published, confirmed, delivered and acknowledged, by bare amqplib. */
export async function brokerFloor(amqpUrl: string, seconds: number): Promise<number> {
  const [publishing, consuming] = [await connect(amqpUrl, SOCKET), await connect(amqpUrl, SOCKET)];
  const queue = `floor.${process.pid}.${performance.now().toFixed(0)}`;
  const out = await publishing.createConfirmChannel();
  const into = await consuming.createChannel();
  await out.assertQueue(queue, { durable: true, arguments: { 'x-queue-type': 'quorum' } });
  await into.prefetch(PREFETCH);
  const started = performance.now() + WARM_MILLIS;
  let handled = 0;
  await into.consume(queue, (message) => {
    if (!message) return;
    into.ack(message);
    if (performance.now() >= started) handled += 1;
  });
  const body = Buffer.alloc(BYTES, 'x');
  const open = () => performance.now() - started < seconds * 1_000;
  const one = async () => {
    while (open()) {
      await new Promise<void>((resolve, reject) =>
        out.sendToQueue(queue, body, { persistent: true }, (error) =>
          error ? reject(error as Error) : resolve(),
        ),
      );
    }
  };
  await Promise.all(Array.from({ length: IN_FLIGHT }, one));
  const perSecond = handled / ((performance.now() - started) / 1_000);
  await out.deleteQueue(queue);
  await publishing.close();
  await consuming.close();
  return perSecond;
}

const SOCKET = { noDelay: true };
