import { type BillingSettings, billingService, type IssueRequest, TokenIssuers } from '#billing';
import { Energy, Money, newId } from '#kernel';
import { type Simulators, startSimulators } from '#simulators';
import { startTestService, type TestService } from '#testing';
import { DEMO_STS } from '#tokens';
import { issuerEnvironment } from '../procs/issuer-environment.js';

export const METER = '04987654326';
/** What an adapter waits for an answer. */
const PATIENCE = '1500';

/** Billing with every issuer set up, against the simulated ones. */
export interface IssuersWorld {
  billing: TestService<BillingSettings>;
  simulators: Simulators;
  issuers: TokenIssuers;
  stop(): Promise<void>;
}

export async function startIssuersWorld(): Promise<IssuersWorld> {
  const simulators = await startSimulators({
    port: 0,
    twilio: { accountSid: `AC${'0'.repeat(32)}`, authToken: 'wattline-demo-token' },
    issuers: { prism: { port: 0 } },
  });
  const billing = await startTestService(billingService, {
    environment: {
      ...issuerEnvironment(simulators.url, simulators.issuers.prismPort()),
      ISSUER_TIMEOUT_MS: PATIENCE,
      SEED_DEMO: 'true',
    },
  });
  return {
    billing,
    simulators,
    issuers: billing.running.app.get(TokenIssuers),
    stop: async () => {
      await billing.stop();
      await simulators.close();
    },
  };
}

let identifiers = 0;

/** An order as billing stores it before it calls an issuer. */
export function anOrder(more: Partial<IssueRequest> = {}): IssueRequest {
  const { vendingKeyHex, ...key } = DEMO_STS;
  void vendingKeyHex;
  return {
    requestId: newId(),
    meterNumber: METER,
    units: Energy.ofWattHours(12_300n),
    amount: Money.ofMinor(100_000n, 'NGN'),
    requestedAt: new Date(),
    device: { kind: 'sts', key, tid: 6_700_000 + ++identifiers, rnd: 5 },
    ...more,
  };
}
