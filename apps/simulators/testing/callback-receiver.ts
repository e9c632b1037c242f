import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { parse } from 'node:querystring';

export interface ReceivedCallback {
  url: string;
  headers: IncomingHttpHeaders;
  form: Record<string, string>;
}

export interface CallbackReceiver {
  url: string;
  received: ReceivedCallback[];
  /** The statuses reported for a message, in the order of their arrival. */
  statusesOf(sid: string): string[];
  /** Answers the next callbacks with these, then 204 again. */
  answerNextWith(...statuses: number[]): void;
  close(): Promise<void>;
}

/** The customer's server: takes Twilio's callbacks over real HTTP and keeps them. */
export async function startCallbackReceiver(): Promise<CallbackReceiver> {
  const received: ReceivedCallback[] = [];
  const answers: number[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const form = { ...parse(Buffer.concat(chunks).toString()) } as Record<string, string>;
      received.push({ url: request.url ?? '', headers: request.headers, form });
      response.writeHead(answers.shift() ?? 204).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    received,
    statusesOf: (sid) =>
      received
        .filter(({ form }) => form['MessageSid'] === sid)
        .map(({ form }) => form['MessageStatus'] ?? ''),
    answerNextWith: (...statuses) => void answers.push(...statuses),
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
