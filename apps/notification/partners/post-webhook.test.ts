import { createServer as createHttp, type Server } from 'node:http';
import { type AddressInfo } from 'node:net';
import { createServer as createTls } from 'node:tls';
import { allowedAddresses, isPublic, readPartnerUrl } from './partner-address.js';
import { postTo, postWebhook } from './post-webhook.js';

const at = (...addresses: string[]) =>
  Promise.resolve(addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })));

let server: Server;
let port: number;
let requests: { host: string | undefined; path: string | undefined }[] = [];

beforeAll(async () => {
  server = createHttp((request, response) => {
    requests.push({ host: request.headers.host, path: request.url });
    if (request.url === '/moved') response.writeHead(302, { location: '/elsewhere' });
    response.end('thanks');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  ({ port } = server.address() as AddressInfo);
});
afterAll(() => new Promise((resolve) => server.close(resolve)));
beforeEach(() => (requests = []));

test.each([
  '127.0.0.1',
  '127.1.2.3',
  '0.0.0.0',
  '10.1.2.3',
  '100.64.0.1',
  '169.254.169.254',
  '172.16.0.1',
  '172.31.255.255',
  '192.0.0.8',
  '192.0.2.1',
  '192.168.1.1',
  '198.18.0.1',
  '224.0.0.1',
  '239.255.255.250',
  '255.255.255.255',
  '::',
  '::1',
  '::ffff:127.0.0.1',
  '::ffff:8.8.8.8',
  '::ffff:7f00:1',
  '::127.0.0.1',
  '64:ff9b::a00:1',
  '64:ff9b:1::1',
  '100::1',
  '2001::1',
  '2001:db8::1',
  '2002:7f00:1::1',
  'fc00::1',
  'fd12:3456::1',
  'fe80::1',
  'fe80::1%eth0',
  '2606:4700::1%eth0',
  'fec0::1',
  'ff02::1',
  'nonsense',
])('%s is not of the public internet', (address) => expect(isPublic(address)).toBe(false));

test.each([
  '8.8.8.8',
  '1.1.1.1',
  '172.15.0.1',
  '172.32.0.1',
  '100.128.0.1',
  '2606:4700::1111',
  '2a00:1450::1',
])('%s is of the public internet', (address) => expect(isPublic(address)).toBe(true));

const refusedUrls: [string, boolean][] = [
  ['http://partner.example/', false],
  ['ftp://partner.example/', true],
  ['file:///etc/passwd', true],
  ['https://partner.example:22/', true],
  ['https://partner.example:80/', true],
  ['https://partner.example:3000/', true],
  ['https://amina:pw@partner.example/', true],
  ['https://partner.example/#there', true],
  ['http://127.0.0.1:22/', true],
  ['javascript:alert(1)', true],
  ['//partner.example/', true],
  ['nonsense', true],
  ['', true],
];
test.each(refusedUrls)('the URL %p is refused (demo: %p)', (url, demo) =>
  expect(readPartnerUrl(url, demo)).toHaveProperty('fault'),
);
test.each(['https://partner.example/a?b=c', 'https://partner.example:8443/', 'https://partner.example:443/'])(
  'the URL %p is right',
  (url) => expect(readPartnerUrl(url, false)).toHaveProperty('url'),
);

test.each([
  'https://127.0.0.1/',
  'https://2130706433/',
  'https://0x7f.1/',
  'https://0177.0.0.1/',
  'https://127.1/',
  'https://①②⑦.0.0.1/',
  'https://169.254.169.254/latest/meta-data/',
  'https://[::1]/',
  'https://[::]/',
  'https://[::ffff:10.0.0.1]/',
  'https://[fd00::1]/',
  'https://0/',
])('%s names a private address, however it is written', async (text) => {
  const read = readPartnerUrl(text, true);
  if ('fault' in read) return;
  await expect(allowedAddresses(read.url, () => Promise.reject(new Error('not asked')))).rejects.toThrow(
    'not on the public internet',
  );
});

test.each([
  [['127.0.0.1']],
  [['10.0.0.5']],
  [['8.8.8.8', '192.168.0.1']],
  [['2606:4700::1111', '::1']],
  [['::ffff:169.254.169.254']],
  [[]],
])('a host that has the addresses %p is refused', async (addresses) => {
  const url = new URL('https://partner.example/');
  await expect(allowedAddresses(url, () => at(...addresses))).rejects.toThrow();
});

test('http of a demo is for this machine alone', async () => {
  const options = { demo: true, timeoutMillis: 1_000 };
  const post = { url: `http://partner.example:${port}/hook?a=b`, headers: {}, body: '{}' };
  const outside = await postWebhook(post, { ...options, resolve: () => at('8.8.8.8') });
  expect(outside).toEqual({ status: null, error: 'http is for this machine alone' });
  const here = await postWebhook(post, { ...options, resolve: () => at('127.0.0.1') });
  expect(here).toEqual({ status: 200, answer: 'thanks', retryAfter: undefined });
  expect(requests).toEqual([{ host: `partner.example:${port}`, path: '/hook?a=b' }]);
  const production = await postWebhook(post, { ...options, demo: false, resolve: () => at('127.0.0.1') });
  expect(production).toEqual({ status: null, error: 'the URL must be https' });
});

test('the connection goes to the address that was looked at: the name is asked for once in an attempt', async () => {
  let asked = 0;
  const resolve = () => {
    asked += 1;
    return at(asked === 1 ? '127.0.0.1' : '10.0.0.1');
  };
  const post = { url: `http://rebinding.example:${port}/`, headers: {}, body: '{}' };
  const options = { demo: true, timeoutMillis: 1_000, resolve };
  expect(await postWebhook(post, options)).toMatchObject({ status: 200 });
  expect(asked).toBe(1);
  // The next attempt looks again, and finds that the name leads elsewhere now.
  expect(await postWebhook(post, options)).toMatchObject({ status: null });
  expect(requests).toHaveLength(1);
});

test('a public name that turns private between two attempts is refused at the second', async () => {
  const answers = [['203.0.114.1'], ['127.0.0.1']];
  const url = new URL('https://rebinding.example/');
  const resolve = () => at(...answers.shift()!);
  expect(await allowedAddresses(url, resolve)).toEqual([{ address: '203.0.114.1', family: 4 }]);
  await expect(allowedAddresses(url, resolve)).rejects.toThrow('not on the public internet');
});

test('a redirect is not followed', async () => {
  const post = { url: `http://127.0.0.1:${port}/moved`, headers: {}, body: '{}' };
  const resolve = () => at('127.0.0.1');
  expect(await postWebhook(post, { demo: true, timeoutMillis: 1_000, resolve })).toMatchObject({
    status: 302,
  });
  expect(requests.map(({ path }) => path)).toEqual(['/moved']);
});

test('a resolver that hangs ends with the attempt, and an unknown host is told', async () => {
  const post = { url: 'https://partner.example/', headers: {}, body: '{}' };
  const hanging = await postWebhook(post, {
    demo: false,
    timeoutMillis: 30,
    resolve: () => new Promise(() => undefined),
  });
  expect(hanging).toEqual({ status: null, error: 'no answer in time' });
  const unknown = await postWebhook(post, {
    demo: false,
    timeoutMillis: 1_000,
    resolve: () => Promise.reject(new Error('ENOTFOUND')),
  });
  expect(unknown).toEqual({ status: null, error: 'the host cannot be found' });
});

test('https asks the pinned address for the certificate of the name', async () => {
  let name: string | undefined;
  const tls = createTls({
    SNICallback: (asked, done) => {
      name = asked;
      done(new Error('no certificate'));
    },
  });
  tls.on('tlsClientError', () => undefined);
  await new Promise<void>((resolve) => tls.listen(0, '127.0.0.1', resolve));
  const url = new URL(`https://partner.example:${(tls.address() as AddressInfo).port}/`);
  const post = { url: url.href, headers: {}, body: '{}' };
  const signal = AbortSignal.timeout(2_000);
  await expect(postTo([{ address: '127.0.0.1', family: 4 }], url, post, signal)).rejects.toThrow();
  expect(name).toBe('partner.example');
  await new Promise((resolve) => tls.close(resolve));
});
