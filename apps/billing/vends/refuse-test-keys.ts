import { type ServiceParts, WrongSettings } from '#service-host';
import type { BillingSettings } from '../billing-settings.js';

/** A database that a demo has used must not go into production: whoever knows the test keys could make credit. */
export async function refuseTestKeys({ settings, dataSource }: ServiceParts<BillingSettings>): Promise<void> {
  if (settings.WATTLINE_MODE !== 'production') return;
  const [found] = await dataSource.query<{ keys: number; devices: number; meters: number }[]>(`
    SELECT (SELECT count(*) FROM vending_keys WHERE is_test)::int AS keys,
           (SELECT count(*) FROM meter_keys WHERE paygo -> 'isTest' = 'true')::int AS devices,
           (SELECT count(*) FROM meter_keys WHERE issuer = 'software')::int AS meters`);
  const faults: string[] = [];
  if (found && found.keys > 0)
    faults.push(`vending_keys: ${found.keys} public test key(s) are in the database`);
  if (found && found.meters > 0)
    faults.push(`meter_keys: ${found.meters} meter(s) are vended for by the software issuer`);
  if (found && found.devices > 0)
    faults.push(`meter_keys: ${found.devices} device(s) have a public test key`);
  if (faults.length > 0) throw new WrongSettings(faults);
}
