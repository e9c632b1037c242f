import {
  attachDockerBroker,
  type DockerBrokerInfo,
  hasDockerEngine,
  startDockerBroker,
} from './docker-broker.js';
import {
  attachPrivateBroker,
  findRabbitmqServer,
  type PrivateBrokerInfo,
  startPrivateBroker,
  type TestBroker,
} from './private-broker.js';

export type BrokerInfo = PrivateBrokerInfo | DockerBrokerInfo;

export const HOW_TO_GET_A_BROKER =
  process.platform === 'darwin' ? 'brew install rabbitmq' : 'sudo apt-get install rabbitmq-server';

/** A broker from what is at hand: a `rabbitmq-server`, else a Docker engine, else none. */
export async function startBroker(folder: string): Promise<(TestBroker & { info: BrokerInfo }) | undefined> {
  if (findRabbitmqServer()) return startPrivateBroker({ folder });
  if (hasDockerEngine()) return startDockerBroker();
  return undefined;
}

/** The broker of this test run; undefined when it is not ours to stop, or there is none. */
export function brokerOfThisRun(): TestBroker | undefined {
  const json = process.env['WATTLINE_TEST_AMQP_CTL'];
  if (!json) return undefined;
  const info = JSON.parse(json) as BrokerInfo;
  return 'container' in info ? attachDockerBroker(info) : attachPrivateBroker(info);
}
