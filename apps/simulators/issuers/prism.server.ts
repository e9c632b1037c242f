import { createServer, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import {
  double,
  Frames,
  i16,
  i32,
  type Message,
  nested,
  read,
  readMessage,
  REPLY,
  struct,
  type Struct,
  text,
  type Value,
  writeMessage,
} from '#thrift';
import { type IssuerParts, treat, type Voice } from './treatment.js';
import type { MadeVend, VendOrder } from './vend-book.js';

export interface PrismOptions {
  /** 0 takes a free one. */
  port: number;
  /** In PEM; without them it speaks in the clear. */
  tls?: { key: string; cert: string };
}

/** Known to everybody: a simulator guards nothing. */
export const DEMO_PRISM = { realm: 'local', username: 'wattline', password: 'wattline-demo-prism' };
const ACCESS_TOKEN = 'simulated-access-token';
const KEY_CHANGE_SUBCLASSES = [3, 4, 8, 9];

export interface PrismServer {
  readonly port: number;
  listen(): Promise<void>;
  close(): Promise<void>;
}

/** A security module that speaks Thrift, and remembers the results of calls by their id. */
export function createPrism(parts: IssuerParts, { port, tls }: PrismOptions): PrismServer {
  const sockets = new Set<Socket>();
  const serve = (socket: Socket) => {
    sockets.add(socket);
    const frames = new Frames();
    socket.on('error', () => undefined);
    socket.on('close', () => sockets.delete(socket));
    socket.on('data', (bytes: Buffer) => {
      try {
        for (const frame of frames.add(bytes)) void answer(parts, readMessage(frame), socket);
      } catch {
        socket.destroy();
      }
    });
  };
  const server: Server = tls ? createTlsServer(tls, serve) : createServer(serve);
  return {
    get port() {
      return (server.address() as { port: number }).port;
    },
    listen: () => new Promise((resolve) => server.listen(port, '127.0.0.1', resolve)),
    close: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function answer(parts: IssuerParts, { name, sequence, body }: Message, socket: Socket): Promise<void> {
  const say = (fields: Record<number, Value>) =>
    void socket.write(writeMessage({ name, kind: REPLY, sequence, body: struct(fields) }));
  const refuse = (code: string) => say({ 1: nested(struct({ 1: text(code), 2: text('simulated') })) });
  if (name === 'signInWithPassword') {
    const { realm, username, password } = DEMO_PRISM;
    const isKnown = [realm, username, password].every((it, i) => read(body, i + 2, 'string') === it);
    return isKnown ? say({ 0: nested(struct({ 1: text(ACCESS_TOKEN) })) }) : refuse('ESignin.Failed');
  }
  if (read(body, 2, 'string') !== ACCESS_TOKEN) return refuse('EAuthentication.Token');
  const voice: Voice = {
    give: (vend) => say({ 0: { type: 'list', value: tokensOf(vend).map(nested) } }),
    refuse: () => refuse('ESts.DrnOrPan.CheckDigit'),
    fail: () => refuse('EService'),
    sayNonsense: () => void socket.write('HTTP/1.1 400 Bad Request\r\n\r\n'),
    hangUp: () => void socket.destroy(),
    keepSilent: () => undefined,
  };
  const asked = read(body, name === 'fetchTokenResult' ? 3 : 1, 'string') ?? '';
  const [known] = parts.book.of(asked);
  if (name === 'fetchTokenResult') return known ? voice.give(known) : refuse('ECacheMiss');
  if (name !== 'issueCreditToken') return refuse('EService.Disabled');
  if (known) return voice.give(known);
  const order = orderOf(asked, body);
  return order ? treat(parts, order, voice) : refuse('EParamRange');
}

function orderOf(requestId: string, body: Struct): VendOrder | undefined {
  const meter = read(body, 3, 'struct');
  const tenths = read(body, 5, 'double');
  if (!meter || tenths === undefined || !Number.isInteger(tenths)) return undefined;
  const change = read(meter, 20, 'struct');
  const changeTo = change && {
    sgc: String(read(change, 1, 'i32')).padStart(6, '0'),
    krn: read(change, 2, 'i16') ?? 0,
    ti: String(read(change, 3, 'i16')).padStart(2, '0'),
  };
  const meterNumber = read(meter, 1, 'string') ?? '';
  return { issuer: 'prism', requestId, meterNumber, tenths: BigInt(tenths), changeTo };
}

/** The credit first: the order of entry is the business of whoever asked. */
function tokensOf({ meterNumber, token, tid, tenths, keyChange }: MadeVend): Struct[] {
  const about = { 1: text(meterNumber), 40: text('simulated-module') };
  const credit = { 10: i16(0), 11: i16(0), 12: i32(tid), 13: double(tenths), 30: text(token) };
  const changes = keyChange.map((digits, i) => ({
    10: i16(2),
    11: i16(KEY_CHANGE_SUBCLASSES[i]!),
    30: text(digits),
  }));
  return [credit, ...changes].map((fields) => struct({ ...about, ...fields }));
}
