import type { AddressInfo } from 'node:net';
import { addIssuers, type IssuersOptions, type IssuersSimulator } from './issuers/issuers.simulator.js';
import { addMeters, type MetersOptions, type MetersSimulator } from './meters/meters.simulator.js';
import { addPhones } from './phones/phones.routes.js';
import { PhoneNetwork } from './phones/phone-network.js';
import { createServer } from './server.js';
import { addTwilio, type TwilioOptions, type TwilioSimulator } from './twilio/twilio.simulator.js';

export type { TwilioOptions, TwilioSimulator } from './twilio/twilio.simulator.js';
export type { IssuersOptions, IssuersSimulator } from './issuers/issuers.simulator.js';
export { DEMO_CALIN, DEMO_STRON } from './issuers/manufacturers.routes.js';
export { DEMO_PRISM } from './issuers/prism.server.js';
export { ISSUER_FAULTS, type IssuerFault } from './issuers/treatment.js';
export type { MadeVend } from './issuers/vend-book.js';
export type { MetersOptions, MetersSimulator } from './meters/meters.simulator.js';
export { readCallbackHosts } from './twilio/callback-url.js';
export type { TwilioFault } from './twilio/treatment.js';
export type { PhoneItem, PhoneSummary } from './phones/phone-network.js';

export interface SimulatorOptions {
  /** 0 takes a free one. */
  port: number;
  host?: string;
  twilio: TwilioOptions;
  meters?: MetersOptions;
  issuers?: IssuersOptions;
  /** Silent unless given. */
  log?: (line: string) => void;
}

export interface Simulators {
  url: string;
  port: number;
  twilio: TwilioSimulator;
  meters: MetersSimulator;
  issuers: IssuersSimulator;
  close(): Promise<void>;
}

/** The outside world of a demo or a test, on one port. Never in production. */
export async function startSimulators(options: SimulatorOptions): Promise<Simulators> {
  if (process.env['WATTLINE_MODE'] === 'production') {
    throw new Error('The simulators do not start with WATTLINE_MODE=production.');
  }
  const { port: wanted, host = '127.0.0.1', log = () => undefined } = options;
  const app = createServer();
  const phones = new PhoneNetwork();
  addPhones(app, phones);
  const twilio = addTwilio(app, phones, log, options.twilio);
  const meters = addMeters(app, options.meters);
  const issuers = addIssuers(app, options.issuers);

  await app.listen({ port: wanted, host });
  const { port } = app.server.address() as AddressInfo;
  const url = `http://${host.includes(':') ? `[${host}]` : host}:${port}`;
  log(`simulators and phones on ${url}`);
  return { url, port, twilio, meters, issuers, close: () => app.close() };
}
