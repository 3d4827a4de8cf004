import { defineConfig } from 'vitest/config';

const exclude = ['**/node_modules/**', '**/dist/**'];

/**
 * Three kinds of tests, told apart by file name. They run one kind after the other, quick ones first. The limits are for a busy machine: no
 * test waits for time to pass.
 */
export default defineConfig({
  test: {
    pool: 'forks',
    reporters: ['default', './scripts/test/tally-reporter.mjs'],
    projects: [
      {
        test: {
          name: 'unit',
          include: [
            '{packages,services,apps}/*/src/**/*.unit.test.ts',
            '{db,bench,tests/faults}/src/**/*.unit.test.ts',
            'scripts/**/*.unit.test.mjs',
          ],
          exclude,
          setupFiles: ['./scripts/test/property-tests.mjs'],
          testTimeout: 30_000,
          expect: { poll: { timeout: 20_000 } },
          hookTimeout: 30_000,
          sequence: { groupOrder: 0 },
        },
      },
      {
        test: {
          name: 'integration',
          include: ['{packages,services,apps}/*/src/**/*.int.test.ts', '{db,bench,tests/faults}/src/**/*.int.test.ts'],
          exclude,
          // A throwaway PostgreSQL and a template database that every file clones.
          globalSetup: ['@rollcall/testkit/vitest-global-setup'],
          testTimeout: 120_000,
          expect: { poll: { timeout: 20_000 } },
          hookTimeout: 120_000,
          // One file at a time: files share a server, and whoever reads events waits for the transactions of every database of it.
          maxWorkers: 1,
          sequence: { groupOrder: 1 },
        },
      },
      {
        test: {
          name: 'e2e',
          include: ['tests/e2e/src/**/*.e2e.test.ts'],
          exclude,
          testTimeout: 300_000,
          hookTimeout: 300_000,
          // Each file starts a whole Rollcall.
          maxWorkers: 1,
          sequence: { groupOrder: 2 },
        },
      },
    ],
  },
});
