import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ServiceName } from '#contracts';
import {
  DEPLOYED,
  parseYaml,
  read,
  REAL_SECRETS,
  ROOT,
  SIMULATORS,
  VERSION,
  yaml,
} from './deployment-files.js';

// k8s/, held against the services: read file by file and, where kubectl is to be had, as kustomize renders it.

interface Container {
  name: string;
  image: string;
  args?: string[];
  ports?: { name: string; containerPort: number }[];
  env?: { name: string; value: string }[];
  envFrom?: { configMapRef?: { name: string }; secretRef?: { name: string } }[];
  volumeMounts?: { name: string; mountPath: string }[];
  readinessProbe?: { httpGet?: { path: string; port: string } };
  livenessProbe?: { httpGet?: { path: string; port: string } };
  resources: { requests: object; limits: object };
  securityContext: Record<string, unknown>;
}

interface Resource {
  kind: string;
  metadata: { name: string; namespace?: string };
  spec: {
    replicas?: number;
    selector?: Record<string, unknown> & { matchLabels?: Record<string, string> };
    template?: {
      metadata: { labels: Record<string, string> };
      spec: { containers: Container[]; volumes?: object[]; securityContext: Record<string, unknown> };
    };
    ports?: { port: number; targetPort?: string }[];
    ingress?: { from?: { podSelector?: object; namespaceSelector?: object }[] }[];
    podSelector?: object;
  };
}

interface Generator {
  name: string;
  literals?: string[];
  envs?: string[];
}

interface Kustomization {
  resources: string[];
  images: { name: string; newTag: string }[];
  configMapGenerator?: Generator[];
  secretGenerator?: Generator[];
}

/** An overlay with all that it is made of; later generators change the values of earlier ones. */
interface Overlay {
  resources: Resource[];
  images: Kustomization['images'];
  values: Map<string, Record<string, string>>;
}

function overlayAt(folder: string): Overlay {
  const [kustomization] = yaml<Kustomization>(`${folder}/kustomization.yaml`);
  const made: Overlay = { resources: [], images: kustomization!.images, values: new Map() };
  for (const path of kustomization!.resources) {
    if (path.endsWith('.yaml')) {
      made.resources.push(...yaml<Resource>(`${folder}/${path}`));
      continue;
    }
    const below = overlayAt(join(folder, path).replaceAll('\\', '/'));
    made.resources.push(...below.resources);
    made.images.push(...below.images);
    for (const [name, values] of below.values) made.values.set(name, { ...values });
  }
  for (const generator of [
    ...(kustomization!.configMapGenerator ?? []),
    ...(kustomization!.secretGenerator ?? []),
  ]) {
    made.values.set(generator.name, { ...made.values.get(generator.name), ...valuesOf(folder, generator) });
  }
  return made;
}

function valuesOf(folder: string, { literals = [], envs = [] }: Generator): Record<string, string> {
  const lines = [...literals, ...envs.flatMap((path) => read(`${folder}/${path}.example`).split('\n'))];
  const pairs = lines.flatMap((line) => {
    const [, name, value] = /^([A-Z_]+)=(.*)$/.exec(line) ?? [];
    return name === undefined ? [] : [[name, value]];
  });
  return Object.fromEntries(pairs) as Record<string, string>;
}

const workloadsOf = (resources: Resource[]) => resources.filter(({ spec }) => spec?.template !== undefined);
const containerOf = (resource: Resource) => resource.spec.template!.spec.containers[0]!;
const named = (resources: Resource[], kind: string, name: string) =>
  resources.find((it) => it.kind === kind && it.metadata.name === name)!;

/** The environment of a container. Throws where it names a map or a secret that nothing makes. */
function environmentOf(
  { env = [], envFrom = [] }: Container,
  values: Overlay['values'],
): Record<string, string> {
  const parts = envFrom.map(({ configMapRef, secretRef }) => {
    const { name } = (configMapRef ?? secretRef)!;
    const part = values.get(name);
    if (!part) throw new Error(`nothing makes ${name}`);
    return part;
  });
  return Object.assign(
    {},
    ...parts,
    Object.fromEntries(env.map(({ name, value }) => [name, value])),
  ) as Record<string, string>;
}

const demo = overlayAt('k8s/overlays/demo');
const production = overlayAt('k8s/overlays/production');
const firstOperator = overlayAt('k8s/overlays/production/first-operator');
const own = Object.keys(DEPLOYED) as ServiceName[];
const everything = [...demo.resources, ...production.resources, ...firstOperator.resources];

/** A secret of production is empty in its example. */
const filledIn = (environment: Record<string, string>) =>
  Object.fromEntries(Object.entries(environment).map(([name, value]) => [name, value || REAL_SECRETS[name]]));

test('no file of k8s/ is left out, and each is YAML', () => {
  const files = readdirSync(join(ROOT, 'k8s'), { recursive: true, encoding: 'utf8' }).filter((it) =>
    it.endsWith('.yaml'),
  );
  expect(files.length).toBeGreaterThan(14);
  for (const file of files)
    for (const it of yaml<Resource>(`k8s/${file}`)) expect([file, typeof it.kind]).toEqual([file, 'string']);
  const mentioned = files
    .filter((it) => !it.endsWith('kustomization.yaml'))
    .map((it) => it.split(/[\\/]/).at(-1)!);
  const kustomizations = files
    .filter((it) => it.endsWith('kustomization.yaml'))
    .map((it) => read(`k8s/${it}`))
    .join();
  expect(mentioned.filter((it) => !kustomizations.includes(it))).toEqual([]);
});

describe.each(own)('%s', (name) => {
  const { known, needed, faults } = DEPLOYED[name];
  const container = containerOf(named(demo.resources, 'Deployment', name));

  test.each([
    ['demo', demo],
    ['production', production],
  ])('is given settings that it knows, and all that it needs, in the %s', (mode, { values }) => {
    const environment = environmentOf(container, values);
    expect(Object.keys(environment).filter((it) => !known.includes(it))).toEqual([]);
    expect([...needed, 'AMQP_URL'].filter((it) => !(it in environment))).toEqual([]);
    expect(environment['WATTLINE_MODE']).toBe(mode);
    expect(faults(filledIn(environment))).toEqual([]);
  });

  test('production refuses the secrets of the demo', () => {
    const environment = { ...environmentOf(container, demo.values), WATTLINE_MODE: 'production' };
    const secrets = Object.keys(REAL_SECRETS).filter((it) => it in environment);
    expect(faults(environment)).toEqual(expect.arrayContaining([...secrets, 'SEED_DEMO']));
  });

  test('runs its own program, and is asked on its own port', () => {
    expect(container.args).toEqual([`dist/apps/${name}/main.js`]);
    expect(existsSync(join(ROOT, `apps/${name}/main.ts`))).toBe(true);
    const { PORT, HOST } = environmentOf(container, demo.values);
    const port = Number(PORT);
    expect(HOST).toBe('0.0.0.0');
    expect(container.ports).toEqual([{ name: 'http', containerPort: port }]);
    expect(container.readinessProbe!.httpGet).toEqual({ path: '/health/ready', port: 'http' });
    expect(container.livenessProbe!.httpGet).toEqual({ path: '/health/live', port: 'http' });
    expect(named(demo.resources, 'Service', name).spec.ports).toMatchObject([{ port, targetPort: 'http' }]);
    const url = demo.values.get('wattline-settings')![`${name.toUpperCase()}_URL`];
    expect(url).toBe(`http://${name}:${port}`);
  });
});

test('the accounts at issuers that an operator may fill in are settings of billing, and all of them', () => {
  const path = 'k8s/overlays/production/secrets/vending.env.example';
  const offered = [...read(path).matchAll(/^#([A-Z_]+)=(.*)$/gm)].map(([, name, value]) => ({ name, value }));
  const issuers = DEPLOYED.billing.known.filter((it) => /^(PRISM|STRON|CALIN)_/.test(it));
  expect(offered.map(({ name }) => name).sort()).toEqual(issuers.sort());
  const { volumes, containers } = named(production.resources, 'Deployment', 'billing').spec.template!.spec;
  const [mount] = containers[0]!.volumeMounts!;
  expect(offered.find(({ name }) => name === 'PRISM_CERTIFICATE_FILE')!.value).toMatch(
    `${mount!.mountPath}/`,
  );
  expect(volumes).toMatchObject([{ name: mount!.name, secret: { optional: true } }]);
});

test('nobody is told a secret that it does not need', () => {
  const holders = (secret: string) =>
    own
      .filter(
        (name) =>
          secret in environmentOf(containerOf(named(demo.resources, 'Deployment', name)), demo.values),
      )
      .sort();
  expect(holders('JWT_SECRET')).toEqual(['gateway']);
  expect(holders('CONTACT_SECRET')).toEqual(['gateway', 'notification']);
  expect(holders('TOKEN_SECRET')).toEqual(['billing']);
  expect(holders('TWILIO_AUTH_TOKEN')).toEqual(['notification']);
});

test('secrets stand in the demo alone: production has their names, without a value', () => {
  for (const name of [
    'wattline-shared',
    'wattline-contacts',
    'wattline-tokens',
    'wattline-vending',
    'wattline-twilio',
  ]) {
    expect(Object.keys(production.values.get(name)!).sort()).toEqual(
      Object.keys(demo.values.get(name)!).sort(),
    );
    expect(Object.values(production.values.get(name)!).join('')).toBe('');
  }
  expect(read('.gitignore')).toContain('k8s/overlays/production/**/*.env');
});

test('the demo’s SMS go to the simulators, which report to the gateway alone', () => {
  const simulators = containerOf(named(demo.resources, 'Deployment', 'simulators'));
  const environment = environmentOf(simulators, demo.values);
  expect(Object.keys(environment).filter((it) => !SIMULATORS.includes(it))).toEqual([]);
  expect(environment).toMatchObject({ SIM_HOST: '0.0.0.0', SIM_CALLBACK_HOSTS: 'gateway' });
  expect(demo.values.get('billing-settings')).toMatchObject({
    METER_READINGS_URL: `http://simulators:${environment['SIM_PORT']}/meters`,
  });
  expect(demo.values.get('notification-settings')).toMatchObject({
    TWILIO_API_BASE_URL: `http://simulators:${environment['SIM_PORT']}/twilio`,
    TWILIO_STATUS_CALLBACK_URL: 'http://gateway:3000/api/webhooks/twilio',
  });
  expect(
    workloadsOf(production.resources)
      .map(({ metadata }) => metadata.name)
      .sort(),
  ).toEqual([...own].sort());
});

test('PostgreSQL and RabbitMQ of the demo have the login that the services use', () => {
  const { DATABASE_URL, AMQP_URL } = demo.values.get('wattline-shared')!;
  const [database, broker] = [new URL(DATABASE_URL!), new URL(AMQP_URL!)];
  const of = (name: string) =>
    environmentOf(containerOf(named(demo.resources, 'StatefulSet', name)), demo.values);
  expect(of(database.hostname)).toEqual({
    POSTGRES_USER: database.username,
    POSTGRES_PASSWORD: database.password,
    POSTGRES_DB: database.pathname.slice(1),
  });
  expect(of(broker.hostname)).toEqual({
    RABBITMQ_DEFAULT_USER: broker.username,
    RABBITMQ_DEFAULT_PASS: broker.password,
  });
});

test('the first operator’s job has what the command asks for', () => {
  const container = containerOf(firstOperator.resources[0]!);
  const values = new Map([...production.values, ...firstOperator.values]);
  const environment = environmentOf(container, values);
  const arguments_ = container.args!.slice(1).map((it) => /^\$\((\w+)\)$/.exec(it)![1]!);
  const known = [...DEPLOYED.gateway.known, 'WATTLINE_OPERATOR_PASSWORD', ...arguments_];
  expect(container.args![0]).toBe('dist/apps/gateway/operator.js');
  expect(existsSync(join(ROOT, 'apps/gateway/operator.ts'))).toBe(true);
  expect(Object.keys(environment).filter((it) => ![...known, 'AMQP_URL'].includes(it))).toEqual([]);
  expect([...arguments_, 'DATABASE_URL', 'CONTACT_SECRET'].filter((it) => !(it in environment))).toEqual([]);
});

test('every pod is confined: no root, no privileges, bounded memory, an image of this version', () => {
  for (const it of workloadsOf(everything)) {
    const { name } = it.metadata;
    const container = containerOf(it);
    const pod = it.spec.template!.spec.securityContext;
    expect([name, pod]).toEqual([
      name,
      expect.objectContaining({ runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } }),
    ]);
    expect(container.securityContext).toMatchObject({
      allowPrivilegeEscalation: false,
      capabilities: { drop: ['ALL'] },
    });
    expect(container.resources).toMatchObject({
      requests: { memory: expect.any(String) },
      limits: { memory: expect.any(String) },
    });
    expect(container.image).toMatch(/^(wattline|postgres:18|rabbitmq:4-management)$/);
    if (container.image === 'wattline')
      expect(container.securityContext['readOnlyRootFilesystem']).toBe(true);
    const selected = it.spec.selector?.matchLabels;
    if (selected) expect(it.spec.template!.metadata.labels).toMatchObject(selected);
  }
  for (const { images } of [demo, production, firstOperator]) {
    expect(images).toEqual(images.map(() => ({ name: 'wattline', newTag: VERSION })));
  }
});

test('whoever is outside reaches the gateway alone', () => {
  const policies = demo.resources.filter(({ kind }) => kind === 'NetworkPolicy');
  expect(named(policies, 'NetworkPolicy', 'nobody').spec).toEqual({
    podSelector: {},
    policyTypes: ['Ingress'],
  });
  const open = policies.filter(({ spec }) => spec.ingress?.some(({ from }) => from === undefined));
  expect(open.map(({ spec }) => spec.podSelector)).toEqual([
    { matchLabels: { 'app.kubernetes.io/name': 'gateway' } },
  ]);
  const foreign = policies.filter(({ spec }) =>
    spec.ingress?.some(({ from }) => from?.some((it) => it.namespaceSelector)),
  );
  expect(foreign.map(({ metadata }) => metadata.name)).toEqual(['monitoring-to-services']);
});

const hasKubectl = (() => {
  try {
    return execFileSync('kubectl', ['version', '--client'], { stdio: 'pipe' }).length > 0;
  } catch {
    return false;
  }
})();

describe('kustomize', () => {
  const folder = mkdtempSync(join(tmpdir(), 'wattline-k8s-'));
  beforeAll(() => {
    cpSync(join(ROOT, 'k8s'), folder, { recursive: true });
    for (const path of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
      if (path.endsWith('.env.example'))
        renameSync(join(folder, path), join(folder, path.replace(/\.example$/, '')));
    }
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  test.each([
    ['overlays/demo', demo, 'wattline-demo'],
    ['overlays/production', production, 'wattline'],
    ['overlays/production/first-operator', firstOperator, 'wattline'],
  ])('%s renders to what was checked here, where kubectl is to be had', (path, overlay, namespace) => {
    if (!hasKubectl) return;
    const rendered = parseYaml<Resource>(
      execFileSync('kubectl', ['kustomize', join(folder, path)], { encoding: 'utf8' }),
    );
    const ids = (resources: Resource[]) =>
      resources
        .map(({ kind, metadata }) => `${kind} ${metadata.name}`)
        .filter((id) => !/^(ConfigMap|Secret|Namespace) /.test(id));
    expect(ids(rendered).sort()).toEqual(ids(overlay.resources).sort());
    const made = new Set(rendered.map(({ metadata }) => metadata.name));
    for (const it of rendered) {
      if (it.kind !== 'Namespace')
        expect([it.metadata.name, it.metadata.namespace]).toEqual([it.metadata.name, namespace]);
      if (!it.spec?.template) continue;
      const { image, envFrom = [] } = containerOf(it);
      expect(image).toMatch(new RegExp(`^(wattline:${VERSION}|postgres:18|rabbitmq:4-management)$`));
      const sources = envFrom.map(({ configMapRef, secretRef }) => (configMapRef ?? secretRef)!.name);
      const foreign = path.endsWith('operator') ? ['wattline-shared', 'wattline-contacts'] : [];
      expect(sources.filter((name) => !made.has(name) && !foreign.includes(name))).toEqual([]);
    }
    const gateway = rendered.find((it) => it.kind === 'Deployment' && it.metadata.name === 'gateway');
    if (gateway) expect(gateway.spec.replicas).toBe(namespace === 'wattline' ? 2 : 1);
  });
});
