import { SERVICES } from '#contracts';
import { addressOf, type ServiceParts } from '#service-host';
import type { GatewaySettings } from '../gateway-settings.js';

const POLL_MILLIS = 100;

/** Holds back the gateway's readiness until the five services behind it are ready: whoever comes in is served. */
export async function awaitServices({ settings, log, client }: ServiceParts<GatewaySettings>): Promise<void> {
  if (!settings.AWAIT_SERVICES) return;
  for (const service of SERVICES) {
    if (service === 'gateway') continue;
    for (let tries = 1; ; tries++) {
      const answer = await client
        .pool(service)
        .request({ method: 'GET', path: '/health/ready' })
        .catch(() => undefined); // not listening yet
      await answer?.body.dump();
      if (answer?.statusCode === 200) break;
      if (tries % 50 === 0)
        log.warn({ address: addressOf(service, settings) }, `still waiting for ${service}`);
      await new Promise((resolve) => setTimeout(resolve, POLL_MILLIS));
    }
  }
}
