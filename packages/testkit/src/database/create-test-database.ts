import { inject } from 'vitest';
import { cloneDatabase, type TestDatabase } from './test-database.js';
import type { TestServer } from './test-server.js';

declare module 'vitest' {
  interface ProvidedContext {
    rollcallTestServer: TestServer;
  }
}

/**
 * A database for one test file, cloned from the template that the global set-up has migrated. Close it in `afterAll`:
 * that fails when a connection was left behind.
 */
export async function createTestDatabase(): Promise<TestDatabase> {
  const server = inject('rollcallTestServer');
  // Typed as always there, but a run without the global set-up has none.
  if ((server as TestServer | undefined) === undefined) {
    throw new Error('there is no test server: run integration tests with the vitest config of the repository');
  }
  return cloneDatabase(server);
}
