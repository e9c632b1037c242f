import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { newId, unwrap } from '#kernel';
import type { ServiceParts } from '#service-host';
import { openAccount } from '../accounts/create-operator.js';
import { Passwords } from '../accounts/passwords.js';
import { UserRow } from '../accounts/user.entity.js';
import type { GatewaySettings } from '../gateway-settings.js';
import { DemoUser } from './demo-user.js';

const HOUSEHOLD = { phone: '+2348010000001', name: 'Amina Bello', role: 'household' } as const;
const INSTITUTION = {
  phone: '+2348020000001',
  name: 'Chidi Okafor',
  role: 'institution',
  institutionName: 'Unity Estate',
} as const;
const OPERATOR = { phone: '+2348090000001', name: 'Ngozi Adeyemi', role: 'operator' } as const;

/** The three people of the demo and what they have done, once. Their password stands in the documentation. */
export async function seedDemo(
  app: NestFastifyApplication,
  { settings, requests, dataSource }: ServiceParts<GatewaySettings>,
): Promise<void> {
  const office = { settings, requests, passwords: app.get(Passwords) };
  let fresh = false;
  for (const user of [HOUSEHOLD, INSTITUTION, OPERATOR]) {
    if (await dataSource.getRepository(UserRow).existsBy({ phone: user.phone })) continue;
    unwrap(await openAccount(office, { ...user, password: DemoUser.PASSWORD }, { correlationId: newId() }));
    fresh = true;
  }
  if (fresh && settings.AWAIT_SERVICES)
    await liveALittle((await app.getUrl()).replace('[::1]', '127.0.0.1'), settings);
}

/** What somebody who looks around should find: money, bills in every state, a transfer, electricity. */
async function liveALittle(url: string, { CURRENCY }: GatewaySettings): Promise<void> {
  const [household, institution, operator] = await Promise.all(
    [HOUSEHOLD, INSTITUTION, OPERATOR].map(({ phone }) => DemoUser.signIn(url, phone, CURRENCY)),
  );
  await Promise.all([household!.addFunds(20_000n), institution!.addFunds(150_000n)]);
  const paid = await household!.createBill(4500n, 'October service charge');
  await household!.pay(paid);
  await household!.createBill(4500n, 'November service charge');
  await household!.cancel(await household!.createBill(999n, 'Issued by mistake'));
  await operator!.createBill(12_750n, 'Arrears of the old meter', household!.id);
  await household!.buyElectricity('04123456784', 3000n);
  await institution!.buyElectricity('04987654326', 50_000n);
  await institution!.transfer(HOUSEHOLD.phone, 2500n, 'Refund of the deposit');
}
