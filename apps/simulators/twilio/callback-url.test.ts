import twilio from 'twilio';
import { startSimulators } from '../index.js';
import { until } from '../testing/until.js';
import { mayBeCalled, readCallbackHosts } from './callback-url.js';

const ACCOUNT = { accountSid: `AC${'a'.repeat(32)}`, authToken: 'token' };

describe('where callbacks may go', () => {
  it.each([
    'http://localhost:3000/api/webhooks/twilio',
    'http://127.0.0.1:3000/',
    'http://127.8.9.10/',
    'http://[::1]:3000/',
  ])('this machine, always: %s', (url) => {
    expect(mayBeCalled(url)).toBe(true);
    expect(mayBeCalled(url, ['gateway'])).toBe(true);
  });

  it('hosts that were named, at any port, and no others', () => {
    const allowed = readCallbackHosts('gateway, Pay.example.test');
    for (const url of ['http://gateway:3000/x', 'https://gateway/x', 'http://PAY.example.test:8080/']) {
      expect([url, mayBeCalled(url, allowed)]).toEqual([url, true]);
      expect([url, mayBeCalled(url)]).toEqual([url, false]);
    }
    for (const url of [
      'http://gateway.example.com/',
      'http://evilgateway/',
      'http://sub.pay.example.test/',
      'http://gateway@example.com/',
      'http://example.com/gateway',
      'http://169.254.169.254/',
      'http://10.0.0.7/',
      'nonsense',
    ]) {
      expect([url, mayBeCalled(url, allowed)]).toEqual([url, false]);
    }
  });

  it.each([
    ['', []],
    [' , ', []],
    ['gateway', ['gateway']],
    ['gateway,wattline-gateway.demo.svc', ['gateway', 'wattline-gateway.demo.svc']],
  ])('%j names %j', (text, hosts) => {
    expect(readCallbackHosts(text)).toEqual(hosts);
  });

  it.each([
    '*',
    '*.example.com',
    '10.0.0.7',
    'http://gateway',
    'gateway:3000',
    '0.0.0.0/0',
    'a_b',
    'gateway,*',
  ])('%s is no list of host names', (text) => {
    expect(() => readCallbackHosts(text)).toThrow('SIM_CALLBACK_HOSTS');
  });
});

it('a simulator tries an allowed host, and refuses every other', async () => {
  const simulators = await startSimulators({
    port: 0,
    twilio: { ...ACCOUNT, stepMs: 10, callbackHosts: ['gateway.invalid'] },
  });
  try {
    const client = twilio(ACCOUNT.accountSid, ACCOUNT.authToken);
    client.api.baseUrl = `${simulators.url}/twilio`;
    const outcomesOf = async (statusCallback: string) => {
      const sms = { to: '+250788123456', from: '+15005550006', body: 'x', statusCallback };
      const { sid } = await client.messages.create(sms);
      return until('the simulator decided', () => {
        const tried = simulators.twilio.log.callbacks.latest(100).filter(({ entry }) => entry.sid === sid);
        return tried.length > 0 ? tried.map(({ entry }) => String(entry.outcome)) : undefined;
      });
    };
    const [tried] = await outcomesOf('http://gateway.invalid:3000/x'); // resolves nowhere, by its name's definition
    expect(tried).toMatch(/ENOTFOUND|EAI_AGAIN|timeout/);
    expect(await outcomesOf('http://other.invalid:3000/x')).toEqual([
      'refused: neither a loopback address nor an allowed host',
    ]);
  } finally {
    await simulators.close();
  }
});
