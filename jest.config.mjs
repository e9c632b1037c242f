import { existsSync } from 'node:fs';
import { swcOptions } from './tools/swc-options.mjs';

const { swcrc, configFile, ...swc } = swcOptions;
(void swcrc, configFile);

/** @type {import('jest').Config} */
export default {
  roots: ['apps', 'libs', 'test', 'tools', 'bench']
    .filter((folder) => existsSync(folder))
    .map((folder) => `<rootDir>/${folder}`),
  testMatch: process.env.WATTLINE_TEST_FAULTS ? ['**/test/procs/*.test.ts'] : ['**/*.test.ts'],
  testPathIgnorePatterns: process.env.WATTLINE_TEST_FAULTS ? [] : ['/test/procs/'],
  testEnvironment: 'node',
  testEnvironmentOptions: { customExportConditions: ['source', 'node', 'node-addons'] },
  extensionsToTreatAsEsm: ['.ts'],
  moduleFileExtensions: ['ts', 'js', 'mjs', 'cjs', 'json', 'node'],
  resolver: '<rootDir>/tools/jest-resolver.cjs',
  transform: { '\\.ts$': ['@swc/jest', { ...swc, swcrc: false, sourceMaps: 'inline' }] },
  modulePathIgnorePatterns: ['<rootDir>/dist/', '<rootDir>/\\.wattline', '<rootDir>/node_modules/.cache/'],
  watchPathIgnorePatterns: ['<rootDir>/dist/', '<rootDir>/\\.wattline'],
  setupFiles: ['reflect-metadata'],
  globalSetup: '<rootDir>/tools/jest-global.mjs',
  globalTeardown: '<rootDir>/tools/jest-global-end.mjs',
  reporters: [['default', { summaryThreshold: 0 }], '<rootDir>/tools/count-reporter.mjs'],
  testTimeout: 30_000,
  maxWorkers: 2,
  // Every test file loads its own copy of the ES modules and the heap keeps most of it.
  workerIdleMemoryLimit: '1GB',
  forceExit: false,
};
