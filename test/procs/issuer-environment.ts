import { DEMO_CALIN, DEMO_PRISM, DEMO_STRON } from '#simulators';

/** The settings of billing with which it finds the simulated issuers. */
export function issuerEnvironment(url: string, prismPort: number): Record<string, string> {
  return {
    PRISM_URL: `tcp://127.0.0.1:${prismPort}`,
    PRISM_REALM: DEMO_PRISM.realm,
    PRISM_USERNAME: DEMO_PRISM.username,
    PRISM_PASSWORD: DEMO_PRISM.password,
    STRON_URL: `${url}/issuers/stron`,
    STRON_COMPANY: DEMO_STRON.company,
    STRON_USERNAME: DEMO_STRON.username,
    STRON_PASSWORD: DEMO_STRON.password,
    CALIN_URL: `${url}/issuers/calin`,
    CALIN_USER_ID: DEMO_CALIN.userId,
    CALIN_API_KEY: DEMO_CALIN.apiKey,
  };
}
