// Who may import whom. Checked in `npm test`; alone: `npm run deps`.
const SERVICES = 'gateway|billing|wallet|payment|notification|audit|simulators';
const TEST_CODE = '\\.test\\.ts$|^(test|bench|tools|libs/testing)/|^apps/.+/testing/';

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    {
      name: 'no-app-imports-another-app',
      comment: 'Services talk by events and HTTP. Only apps/wattline, test/ and bench/ know more than one.',
      severity: 'error',
      from: { path: '^apps/([^/]+)/', pathNot: '^apps/wattline/' },
      to: { path: '^apps/', pathNot: '^apps/$1/' },
    },
    {
      name: 'apps-by-their-index',
      comment: 'The system map and the tests take an app by its index.ts.',
      severity: 'error',
      from: { path: '^(apps/wattline|test|bench|tools)/' },
      to: { path: '^apps/', pathNot: '^apps/[^/]+/index\\.ts$|^apps/wattline/' },
    },
    {
      name: 'libs-know-no-app',
      severity: 'error',
      from: { path: '^libs/' },
      to: { path: '^apps/' },
    },
    {
      name: 'libs-by-their-index',
      comment: 'What a lib shows is in its index.ts.',
      severity: 'error',
      from: { path: '^(apps|libs/([^/]+))/', pathNot: '^libs/testing/(jest|broker)/' },
      to: { path: '^libs/', pathNot: ['^libs/[^/]+/index\\.ts$', '^libs/$2/'] },
    },
    {
      name: 'the-test-run-needs-little',
      comment: 'It starts PostgreSQL and the broker even where another part of a lib does not compile.',
      severity: 'error',
      from: { path: '^libs/testing/(jest|broker)/' },
      to: { path: '^libs/', pathNot: '^libs/(testing/(jest|broker)|persistence/embedded)/' },
    },
    {
      name: 'kernel-imports-nothing',
      severity: 'error',
      from: { path: '^libs/kernel/', pathNot: '\\.test\\.ts$' },
      to: { pathNot: '^libs/kernel/' },
    },
    {
      name: 'contracts-import-the-kernel-only',
      comment: 'Events, REST types and schemas: no logic, no framework; class-validator marks are allowed.',
      severity: 'error',
      from: { path: '^libs/contracts/', pathNot: '\\.test\\.ts$' },
      to: { path: '^(apps|libs)/', pathNot: '^libs/(contracts|kernel)/' },
    },
    {
      name: 'tokens-import-the-kernel-only',
      comment: 'Tokens are pure calculation: of Node, its cryptography alone.',
      severity: 'error',
      from: { path: '^libs/tokens/', pathNot: '\\.test\\.ts$|^libs/tokens/testing/' },
      to: { pathNot: '^libs/(tokens|kernel)/|^(node:)?crypto$' },
    },
    {
      name: 'amqplib-is-known-to-messaging-alone',
      severity: 'error',
      from: { path: '^(apps|libs)/', pathNot: '^libs/messaging/' },
      to: { path: 'node_modules/amqplib/' },
    },
    {
      name: 'twilio-is-known-to-notification-alone',
      severity: 'error',
      from: { path: '^(apps|libs)/', pathNot: '^apps/notification/|\\.test\\.ts$' },
      to: { path: 'node_modules/twilio/' },
    },
    {
      name: 'web-talks-to-the-gateway-only',
      comment: 'By a client generated from its OpenAPI.',
      severity: 'error',
      from: { path: '^apps/web/', pathNot: '\\.test\\.ts$' },
      to: { path: '^(apps|libs)/|node_modules/', pathNot: '^apps/web/' },
    },
    {
      name: 'machines-and-rules-are-pure',
      comment: 'Neither Nest nor TypeORM nor the clock.',
      severity: 'error',
      from: { path: '\\.(machine|rules)\\.ts$' },
      to: { path: 'node_modules/(@nestjs|typeorm|pg|undici)/|^libs/kernel/clock\\.ts$|^(http|net|fs|pg)$' },
    },
    {
      name: 'only-tests-use-the-test-library',
      severity: 'error',
      from: { path: '^(apps|libs)/', pathNot: TEST_CODE },
      to: { path: '^libs/testing/' },
    },
    {
      name: 'no-circles',
      comment: 'A circle of ES modules meets a class before it exists.',
      severity: 'error',
      from: { path: `^(libs|apps/(${SERVICES}|wattline))/` },
      to: {
        circular: true,
        dependencyTypesNot: ['type-only'],
        viaOnly: { dependencyTypesNot: ['type-only'] },
      },
    },
    {
      name: 'everything-resolves',
      comment: "The tests' start imports what it has just built.",
      severity: 'error',
      from: { pathNot: '^tools/jest-global' },
      to: { couldNotResolve: true },
    },
    {
      name: 'no-undeclared-dependency',
      comment: 'What is imported stands in package.json.',
      severity: 'error',
      from: { path: '^(apps|libs|test|bench|tools)/' },
      to: { dependencyTypes: ['npm-no-pkg', 'npm-unknown'] },
    },
    {
      name: 'no-dev-dependency-in-production',
      severity: 'error',
      from: { path: '^(apps|libs)/', pathNot: TEST_CODE },
      to: { dependencyTypes: ['npm-dev'], dependencyTypesNot: ['type-only'] },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^(dist|bench/peers)/' },
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: 'specify',
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['source', 'import', 'require', 'node', 'default', 'types'],
      extensions: ['.ts', '.js', '.mjs', '.cjs', '.d.ts', '.json'],
      mainFields: ['module', 'main', 'types'],
    },
    skipAnalysisNotInRules: true,
  },
};
