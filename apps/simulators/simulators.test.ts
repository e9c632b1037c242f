import { startSimulators } from './index.js';

const TWILIO = { accountSid: `AC${'a'.repeat(32)}`, authToken: 'token' };

describe('the simulators', () => {
  it('do not start in production', async () => {
    const before = process.env['WATTLINE_MODE'];
    process.env['WATTLINE_MODE'] = 'production';
    try {
      await expect(startSimulators({ port: 0, twilio: TWILIO })).rejects.toThrow('WATTLINE_MODE=production');
    } finally {
      if (before === undefined) delete process.env['WATTLINE_MODE'];
      else process.env['WATTLINE_MODE'] = before;
    }
  });

  it('do not start with an account that cannot be Twilio’s', async () => {
    const start = startSimulators({ port: 0, twilio: { ...TWILIO, accountSid: 'me' } });
    await expect(start).rejects.toThrow('account sid');
  });

  it('say on which port they are, that they live, and end with everything that is open', async () => {
    const lines: string[] = [];
    const simulators = await startSimulators({ port: 0, twilio: TWILIO, log: (line) => lines.push(line) });
    expect(simulators.url).toBe(`http://127.0.0.1:${simulators.port}`);
    expect(lines).toEqual([`simulators and phones on ${simulators.url}`]);
    for (const path of ['/health/live', '/health/ready']) {
      expect((await fetch(simulators.url + path)).status).toBe(200);
    }
    const stream = await fetch(`${simulators.url}/phones/stream`);
    await simulators.close();
    await expect(stream.text()).rejects.toThrow();
    await expect(fetch(`${simulators.url}/health/live`)).rejects.toThrow();
  });

  it('do not share a port', async () => {
    const first = await startSimulators({ port: 0, twilio: TWILIO });
    await expect(startSimulators({ port: first.port, twilio: TWILIO })).rejects.toMatchObject({
      code: 'EADDRINUSE',
    });
    await first.close();
  });
});
