import { runService, WrongSettings } from '#service-host';
import { ApiClient, startTestService } from '#testing';
import { gatewayService } from '../index.js';
import { gatewayEnvironment } from '../testing/outside.js';

test('the three people of the demo can sign in, each in their role, also after another start', async () => {
  const environment = { ...(await gatewayEnvironment()), SEED_DEMO: 'true' };
  const gateway = await startTestService(gatewayService, { environment });
  try {
    const { app, parts } = gateway.running;
    await gatewayService.seedDemo!(app, parts);
    const api = new ApiClient(gateway.running.url);
    const roles = [];
    for (const phone of ['+2348010000001', '+2348020000001', '+2348090000001']) {
      const { body } = await api.post('/api/auth/login', { phone, password: 'wattline-demo' });
      roles.push(body.user.role);
    }
    expect(roles).toEqual(['household', 'institution', 'operator']);
    expect(await gateway.database.rows('SELECT 1 FROM gateway.users')).toHaveLength(3);
  } finally {
    await gateway.stop();
  }
});

test.each([
  [{ JWT_SECRET: 'short' }, 'JWT_SECRET'],
  [{ JWT_SECRET: undefined }, 'JWT_SECRET'],
  [{ PHONE_COUNTRY: 'Nigeria' }, 'PHONE_COUNTRY'],
  [{ MAX_IN_FLIGHT: '0' }, 'MAX_IN_FLIGHT'],
  [{ WATTLINE_MODE: 'production', JWT_SECRET: 'x'.repeat(40) }, 'JWT_SECRET'],
  [{ WATTLINE_MODE: 'production', SIM_URL: 'http://127.0.0.1:3001' }, 'SIM_URL'],
  [{ WATTLINE_MODE: 'production', CORS_ORIGINS: '*' }, 'CORS_ORIGINS'],
  [{ WATTLINE_MODE: 'production', SEED_DEMO: 'true' }, 'SEED_DEMO'],
  [{ WATTLINE_MODE: 'production', WATTLINE_CRASH_POINT: 'before-commit' }, 'WATTLINE_CRASH_POINT'],
])('with %j the gateway does not start, and says why', async (wrong, name) => {
  const environment = {
    ...(await gatewayEnvironment()),
    DATABASE_URL: 'postgres://nobody@127.0.0.1:1/nothing',
    PORT: '0',
    INTERNAL_SECRET: 'the services of the tests call each other by it',
    ...wrong,
  };
  const start = runService(gatewayService, { environment });
  await expect(start).rejects.toThrow(WrongSettings);
  await expect(start).rejects.toThrow(name);
});
