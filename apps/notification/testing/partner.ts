import { createHmac } from 'node:crypto';
import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A webhook as a partner's server received it. */
export interface ReceivedWebhook {
  id: string;
  timestamp: number;
  signatures: string[];
  headers: IncomingHttpHeaders;
  text: string;
  body: { type: string; timestamp: string; data: Record<string, unknown> };
}

export type Behaviour = (response: ServerResponse, received: ReceivedWebhook) => void;

/** A partner's server: what it does with a webhook is the test's to say. */
export interface Partner {
  url: string;
  received: ReceivedWebhook[];
  behave(behaviour: Behaviour): void;
  /** Until it has received so many. */
  heard(count: number): Promise<ReceivedWebhook[]>;
  close(): Promise<void>;
}

export const answers =
  (status: number, headers: Record<string, string> = {}, body = ''): Behaviour =>
  (response) =>
    response.writeHead(status, headers).end(body);
export const hangs: Behaviour = () => undefined;
export const resets: Behaviour = (response) => response.socket?.resetAndDestroy();
/** 200, and then a body that never ends. */
export const dribbles: Behaviour = (response) => {
  response.writeHead(200);
  response.write('a beginning');
};

export async function playPartner(): Promise<Partner> {
  const received: ReceivedWebhook[] = [];
  let behaviour: Behaviour = answers(200);
  let waiting: { count: number; resolve: (all: ReceivedWebhook[]) => void }[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const text = Buffer.concat(chunks).toString('utf8');
      const webhook: ReceivedWebhook = {
        id: String(request.headers['webhook-id']),
        timestamp: Number(request.headers['webhook-timestamp']),
        signatures: String(request.headers['webhook-signature']).split(' '),
        headers: request.headers,
        text,
        body: JSON.parse(text) as ReceivedWebhook['body'],
      };
      received.push(webhook);
      for (const { count, resolve } of waiting) if (received.length >= count) resolve(received);
      waiting = waiting.filter(({ count }) => received.length < count);
      behaviour(response, webhook);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/hook`,
    received,
    behave: (next) => (behaviour = next),
    heard: (count) =>
      new Promise((resolve) => {
        if (received.length >= count) resolve(received);
        else waiting.push({ count, resolve });
      }),
    close: () => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

/** Signed as a receiver computes it by itself. */
export function isSignedBy(secret: string, { id, timestamp, text, signatures }: ReceivedWebhook): boolean {
  const key = Buffer.from(secret.replace('whsec_', ''), 'base64');
  const mac = createHmac('sha256', key).update(`${id}.${timestamp}.${text}`).digest('base64');
  return signatures.includes(`v1,${mac}`);
}
