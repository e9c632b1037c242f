// The pure parts alone: no PostgreSQL, no broker, no build.
import everything from './jest.config.mjs';

const { globalSetup, globalTeardown, ...config } = everything;
(void globalSetup, globalTeardown);

export default {
  ...config,
  testMatch: [
    '<rootDir>/libs/kernel/**/*.test.ts',
    '<rootDir>/libs/contracts/**/*.test.ts',
    '<rootDir>/libs/tokens/**/*.test.ts',
    '<rootDir>/apps/**/*.{rules,machine}.test.ts',
  ],
};
