import { DEMO_CALIN, DEMO_STRON, type Simulators } from '#simulators';

/** The settings of billing with which it finds the simulated issuers. */
export function issuerEnvironment({ url }: Pick<Simulators, 'url'>): Record<string, string> {
  return {
    STRON_URL: `${url}/issuers/stron`,
    STRON_COMPANY: DEMO_STRON.company,
    STRON_USERNAME: DEMO_STRON.username,
    STRON_PASSWORD: DEMO_STRON.password,
    CALIN_URL: `${url}/issuers/calin`,
    CALIN_USER_ID: DEMO_CALIN.userId,
    CALIN_API_KEY: DEMO_CALIN.apiKey,
  };
}
