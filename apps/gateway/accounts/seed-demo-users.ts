import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { newId, unwrap } from '#kernel';
import type { ServiceParts } from '#service-host';
import type { GatewaySettings } from '../gateway-settings.js';
import { openAccount } from './create-operator.js';
import { Passwords } from './passwords.js';
import { UserRow } from './user.entity.js';

const DEMO_USERS = [
  { phone: '+2348010000001', name: 'Amina Bello', role: 'household' },
  { phone: '+2348020000001', name: 'Chidi Okafor', role: 'institution', institutionName: 'Unity Estate' },
  { phone: '+2348090000001', name: 'Ngozi Adeyemi', role: 'operator' },
] as const;

/** The three people of the demo, once. Their password stands in the documentation. */
export async function seedDemoUsers(
  app: NestFastifyApplication,
  { settings, requests, dataSource }: ServiceParts<GatewaySettings>,
): Promise<void> {
  const office = { settings, requests, passwords: app.get(Passwords) };
  for (const user of DEMO_USERS) {
    if (await dataSource.getRepository(UserRow).existsBy({ phone: user.phone })) continue;
    unwrap(await openAccount(office, { ...user, password: 'wattline-demo' }, { correlationId: newId() }));
  }
}
