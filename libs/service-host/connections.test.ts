import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { connect } from 'node:net';
import { Connections } from './connections.js';

let server: Server;
let connections: Connections;
let url: string;

beforeEach(async () => {
  server = createServer((_request, response) => setTimeout(() => response.end('answered'), 200));
  connections = new Connections(server);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  url = `http://127.0.0.1:${(server.address() as { port: number }).port}`;
});

const stop = () => connections.closing(() => new Promise((resolve) => server.close(resolve)));

test('a stop does not wait for a client that connected and never asked', async () => {
  const { port } = new URL(url);
  const socket = connect(Number(port), '127.0.0.1');
  await once(socket, 'connect');
  const ended = once(socket.resume(), 'end');
  await Promise.all([stop(), ended]);
});

test('a stop waits for the answers that are due, and not for their connections', async () => {
  let due = 0;
  const allDue = new Promise<void>((resolve) => server.on('request', () => ++due === 3 && resolve()));
  const answers = [1, 2, 3].map(() => fetch(url).then((answer) => answer.text()));
  await allDue;
  await stop();
  expect(await Promise.all(answers)).toEqual(['answered', 'answered', 'answered']);
});
