import js from '@eslint/js';
import globals from 'globals';
import tseslint from 'typescript-eslint';

const READS_THE_CLOCK = [
  {
    selector: "NewExpression[callee.name='Date'][arguments.length=0]",
    message: 'Take the time from the Clock (#kernel), so that tests can let it pass.',
  },
  {
    selector: "CallExpression[callee.object.name='Date'][callee.property.name='now']",
    message: 'Take the time from the Clock (#kernel), so that tests can let it pass.',
  },
];

const TESTS = ['**/*.test.ts', 'test/**', 'bench/**', 'tools/**', 'libs/testing/**', 'apps/**/testing/**'];
// What a person starts talks to that person.
const LAUNCHERS = ['apps/wattline/*.ts', 'apps/gateway/operator.ts', 'apps/*/main.ts'];

export default tseslint.config(
  { ignores: ['dist/', 'coverage/', '.wattline/', '.wattline-test/', '**/generated/', '**/vendor/'] },
  js.configs.recommended,
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.recommendedTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': ['error', { checksVoidReturn: { arguments: false } }],
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports' }],
      '@typescript-eslint/no-unused-vars': [
        'error',
        { argsIgnorePattern: '^_', varsIgnorePattern: '^_', ignoreRestSiblings: true },
      ],
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true },
      ],
      '@typescript-eslint/require-await': 'off',
      '@typescript-eslint/unbound-method': 'off',
      '@typescript-eslint/restrict-template-expressions': [
        'error',
        { allowNumber: true, allowBoolean: true, allowNullish: true },
      ],
      'no-restricted-syntax': ['error', ...READS_THE_CLOCK],
    },
  },
  { files: ['libs/**/*.ts', 'apps/**/*.ts'], rules: { 'no-console': 'error' } },
  { files: LAUNCHERS, rules: { 'no-console': 'off' } },
  { files: ['apps/web/**'], languageOptions: { globals: globals.browser } },
  { files: ['libs/kernel/{clock,ids}.ts', 'apps/web/**'], rules: { 'no-restricted-syntax': 'off' } },
  {
    files: TESTS,
    rules: {
      'no-console': 'off',
      'no-restricted-syntax': 'off',
      // What a test reads from an answer's body has no type.
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-call': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/no-unsafe-argument': 'off',
      '@typescript-eslint/no-unsafe-return': 'off',
    },
  },
  { files: ['**/*.mjs'], languageOptions: { globals: globals.node } },
  { files: ['**/*.cjs'], languageOptions: { globals: globals.node, sourceType: 'commonjs' } },
);
