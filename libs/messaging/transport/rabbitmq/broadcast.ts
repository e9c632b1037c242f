import type { Channel, ChannelModel } from 'amqplib';
import type { BusMessage } from '../transport.port.js';

/** What one process overhears, on a channel of its own. */
export interface Listening {
  routingKeys: readonly string[];
  onMessage: (message: BusMessage) => void;
  stopped: boolean;
  channel?: Channel;
}

/** Of a process that does not keep up, the oldest messages go first: news that are late are none. */
const QUEUE = {
  exclusive: true,
  autoDelete: true,
  durable: false,
  arguments: { 'x-max-length': 10_000, 'x-overflow': 'drop-head', 'x-message-ttl': 30_000 },
};

/** Binds an exclusive queue of this connection to the events; it goes with the connection, and is made again with it. */
export async function startListening(
  connection: ChannelModel,
  exchange: string,
  listening: Listening,
): Promise<void> {
  const channel = await connection.createChannel();
  // Whatever breaks this channel breaks the connection too: reopening makes both anew.
  channel.on('error', () => undefined);
  channel.on('close', () => {
    if (!listening.stopped) void connection.close().catch(() => undefined);
  });
  listening.channel = channel;
  const { queue } = await channel.assertQueue('', QUEUE);
  for (const routingKey of listening.routingKeys) await channel.bindQueue(queue, exchange, routingKey);
  await channel.consume(
    queue,
    (message) => {
      if (message === null) return void channel.close().catch(() => undefined); // the queue was deleted
      if (listening.stopped) return;
      listening.onMessage({ routingKey: message.fields.routingKey, body: message.content.toString('utf8') });
    },
    { noAck: true },
  );
}
