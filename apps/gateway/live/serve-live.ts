import { type IncomingMessage, type Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { WebSocketServer } from 'ws';
import type { Transport } from '#messaging';
import { LIVE_EVENTS } from './live-messages.rules.js';
import type { LiveUpdates } from './live-updates.js';

const PATH = '/api/live';
/** An access token and a little around it. */
const MESSAGE_BYTES = 8 * 1024;

/** `GET /api/live`: a WebSocket for whoever looks on. The events come by broadcast: the gateway consumes none. */
export async function serveLive(
  server: Server,
  transport: Transport,
  updates: LiveUpdates,
  origins: readonly string[],
): Promise<void> {
  const sockets = new WebSocketServer({
    noServer: true,
    maxPayload: MESSAGE_BYTES,
    perMessageDeflate: false,
  });
  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    socket.on('error', () => socket.destroy());
    if (request.headers.upgrade?.toLowerCase() !== 'websocket') return answerAsUsual(server, request, socket);
    if (request.url?.split('?')[0] !== PATH) return refuse(socket, '404 Not Found');
    if (!mayCome(request, origins)) return refuse(socket, '403 Forbidden');
    sockets.handleUpgrade(request, socket, head, (webSocket) => updates.accept(webSocket));
  });
  await transport.listen(
    LIVE_EVENTS.map(({ name }) => name),
    ({ body }) => updates.hear(body),
  );
}

/** A browser names the page that it comes from: our own, or one that CORS_ORIGINS names. Others name none. */
function mayCome({ headers }: IncomingMessage, origins: readonly string[]): boolean {
  const { origin, host } = headers;
  if (origin === undefined || origins.includes(origin)) return true;
  return URL.canParse(origin) && new URL(origin).host === host;
}

function refuse(socket: Duplex, status: string): void {
  socket.end(`HTTP/1.1 ${status}\r\nconnection: close\r\ncontent-length: 0\r\n\r\n`);
}

/**
 * Node gives every upgrade to this handler, also the one to HTTP/2 that curl and Java only offer. They get their
 * answer in HTTP/1.1; with a body they cannot, because Node has stopped reading.
 */
function answerAsUsual(server: Server, request: IncomingMessage, socket: Duplex): void {
  const { 'content-length': length, 'transfer-encoding': chunked } = request.headers;
  if (chunked !== undefined || Number(length ?? 0) > 0) return refuse(socket, '400 Bad Request');
  const response = new ServerResponse(request);
  response.shouldKeepAlive = false;
  response.assignSocket(socket as Socket);
  response.once('finish', () => socket.end());
  server.emit('request', request, response);
}
