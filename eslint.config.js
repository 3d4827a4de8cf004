// What the architecture promises and a compiler does not see: type-checked rules, and which room may import which.
import { resolve } from 'node:path';
import { defineConfig, globalIgnores } from 'eslint/config';
import boundaries from 'eslint-plugin-boundaries';
import tseslint from 'typescript-eslint';

const SOURCES = ['{services,packages,apps}/*/src/**/*.ts', '{db,bench,tests/e2e,tests/faults}/src/**/*.ts'];
const TESTS = ['**/*.test.ts', 'tests/**/*.ts', 'packages/testkit/src/**/*.ts', 'vitest.config.ts'];
const PURE = ['services/*/src/domain/**/*.ts', 'packages/attendance-rules/src/**/*.ts'];
/** Programs one runs by hand: their output is what they print. */
const COMMANDS = ['apps/cli/src/**/*.ts', 'bench/src/**/*.ts', '**/*cli.ts', '**/evaluate/**/*.ts'];

/** What nobody imports, wherever it is. */
const ACROSS = [
  {
    group: ['gateway', 'face-worker', 'attendance-projector'].map((name) => `@rollcall/${name}`),
    message: 'Services are started, not imported: what two of them need is a package.',
  },
  { group: ['../**/src/**'], message: 'Import another package by its name.' },
];

/** Everything that reaches outside the process, or answers differently each time. */
const EFFECTS = [
  ...['fs', 'child_process', 'net', 'http', 'https', 'dns', 'tls', 'dgram', 'cluster', 'worker_threads', 'os'],
  ...['process', 'timers', 'readline'],
].flatMap((module) => [`node:${module}`, `node:${module}/*`, module]);
const EFFECT_PACKAGES = [
  ...['pg', 'pg-*', 'knex', 'graphile-worker', 'express', 'pino', 'multer', 'got', 'tinypool', 'prom-client'],
  ...['@u4/*', 'onnxruntime-node', 'bcryptjs', 'jsonwebtoken', 'rate-limiter-flexible', 'better-sse'],
  ...['postgres', 'object-store', 'faiss', 'service-kit', 'testkit', 'db'].map((name) => `@rollcall/${name}`),
];

export default defineConfig(
  globalIgnores([
    '**/dist/',
    '**/node_modules/',
    'coverage/',
    'storage/',
    'models/',
    'packages/faiss/build/',
    '**/src/generated/',
  ]),
  { linterOptions: { reportUnusedDisableDirectives: 'error' } },
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.strictTypeChecked, tseslint.configs.stylisticTypeChecked],
    languageOptions: {
      parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname },
    },
    rules: {
      'max-lines': ['warn', { max: 300, skipBlankLines: true, skipComments: true }],
      'no-console': 'error',
      eqeqeq: ['error', 'always'],
      'no-restricted-properties': [
        'error',
        { object: 'process', property: 'env', message: 'Only config files read the environment: pass the value in.' },
      ],
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports' }],
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      // Counts and ids in messages are clear as they are.
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
      // An index signature is written as one: noPropertyAccessFromIndexSignature would want it, and so do we read it.
      '@typescript-eslint/dot-notation': ['error', { allowIndexSignaturePropertyAccess: true }],
      '@typescript-eslint/consistent-type-definitions': 'off',
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      '@typescript-eslint/prefer-nullish-coalescing': ['error', { ignorePrimitives: { string: true } }],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
    },
  },
  {
    files: SOURCES,
    plugins: { boundaries },
    settings: {
      'import/resolver': { [resolve(import.meta.dirname, 'scripts/lint/resolve-import.cjs')]: {} },
      'boundaries/elements': [
        { type: 'domain', pattern: 'services/*/src/domain', capture: ['service'] },
        { type: 'service', pattern: 'services/*', capture: ['service'] },
        { type: 'package', pattern: 'packages/*' },
        { type: 'package', pattern: 'db' },
        { type: 'program', pattern: 'apps/*' },
        { type: 'program', pattern: 'bench' },
        { type: 'program', pattern: 'tests/e2e' },
        { type: 'program', pattern: 'tests/faults' },
      ],
    },
    rules: {
      'no-restricted-imports': ['error', { patterns: ACROSS }],
      'boundaries/dependencies': [
        'error',
        {
          default: 'disallow',
          message:
            'A {{from.element.type}} must not import a {{to.element.type}}: what two services need is a package.',
          policies: [
            { allow: { to: { module: { origin: ['external', 'core'] } } } },
            { allow: { to: { element: { type: 'package' } } } },
            {
              from: { element: { type: 'service' } },
              allow: [
                { to: { element: { type: 'service', captured: { service: '{{ from.element.captured.service }}' } } } },
                { to: { element: { type: 'domain', captured: { service: '{{ from.element.captured.service }}' } } } },
              ],
            },
            {
              from: { element: { type: 'domain' } },
              allow: {
                to: { element: { type: 'domain', captured: { service: '{{ from.element.captured.service }}' } } },
              },
            },
            { from: { element: { type: 'program' } }, allow: { to: { element: { type: 'program' } } } },
          ],
        },
      ],
    },
  },
  {
    files: PURE,
    ignores: TESTS,
    rules: {
      'no-restricted-imports': [
        'error',
        {
          patterns: [
            ...ACROSS,
            {
              group: [...EFFECTS, ...EFFECT_PACKAGES],
              allowTypeImports: true,
              message: 'The domain is pure: no I/O, no clock, no randomness. Pass in what it needs.',
            },
            {
              // hashes and ids made from a name are functions of their input
              group: ['node:crypto', 'crypto', 'uuid'],
              allowImportNames: ['createHash', 'createHmac', 'timingSafeEqual', 'v5', 'parse', 'stringify', 'validate'],
              allowTypeImports: true,
              message: 'The domain has no randomness: pass it in.',
            },
            {
              // an event with a derived id is a function of its source; reading and appending are not
              group: ['@rollcall/event-log'],
              allowImportNames: ['derivedEventId', 'newEvent'],
              allowTypeImports: true,
              message: 'The domain neither reads nor appends events: it returns them.',
            },
          ],
        },
      ],
      'no-restricted-properties': [
        'error',
        { object: 'process', property: 'env', message: 'Only config files read the environment: pass the value in.' },
        { object: 'Date', property: 'now', message: 'The domain has no clock: pass the time in.' },
        { object: 'Math', property: 'random', message: 'The domain has no randomness: pass it in.' },
        { object: 'crypto', property: 'randomUUID', message: 'The domain has no randomness: pass ids in.' },
        { object: 'Temporal', property: 'Now', message: 'The domain has no clock: pass the time in.' },
      ],
      'no-restricted-syntax': [
        'error',
        {
          selector: "NewExpression[callee.name='Date'][arguments.length=0]",
          message: 'The domain has no clock: pass the time in.',
        },
      ],
    },
  },
  {
    files: ['**/*config.ts', '**/config/**/*.ts', 'services/*/src/main.ts'],
    rules: { 'no-restricted-properties': 'off' },
  },
  {
    files: [...TESTS, ...COMMANDS],
    rules: { 'no-console': 'off', 'no-restricted-properties': 'off' },
  },
  {
    // These are in no build project (they would end in dist): one of their own checks them.
    files: ['**/*.test.ts', 'vitest.config.ts'],
    languageOptions: { parserOptions: { projectService: false, project: 'tsconfig.tests.json' } },
  },
  {
    files: TESTS,
    rules: {
      'max-lines': ['warn', { max: 500, skipBlankLines: true, skipComments: true }],
      // fixtures are known to be there; a wrong index fails the test
      '@typescript-eslint/no-non-null-assertion': 'off',
      'no-restricted-globals': [
        'error',
        {
          name: 'fetch',
          message: 'Call Rollcall by checkedFetch of the testkit: it compares every answer with the document.',
        },
      ],
    },
  },
  {
    files: ['packages/testkit/src/contract/checked-fetch.ts'],
    rules: { 'no-restricted-globals': 'off' },
  },
  {
    // Plain Node without types: what a type checker would say of them.
    files: ['scripts/**/*.{mjs,cjs}', '**/fixtures/*.mjs'],
    languageOptions: {
      globals: Object.fromEntries(
        [
          ...['process', 'console', 'performance', 'fetch', 'URL', 'AbortController', 'AbortSignal', 'Buffer'],
          ...[
            'setTimeout',
            'clearTimeout',
            'setInterval',
            'clearInterval',
            'setImmediate',
            'require',
            'exports',
            '__dirname',
          ],
        ].map((name) => [name, 'readonly']),
      ),
    },
    rules: {
      'max-lines': ['warn', { max: 300, skipBlankLines: true, skipComments: true }],
      'no-undef': 'error',
      'no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      'prefer-const': 'error',
      eqeqeq: ['error', 'always'],
    },
  },
);
