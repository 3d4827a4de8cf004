import {
  loginRoles,
  migrate,
  newDatabaseSecrets,
  provision,
  startThrowawayCluster,
  urlFor,
  type ThrowawayCluster,
} from '@rollcall/db';
import { loadTestConfig } from '../config.js';
import { cloneDatabase, type TestDatabase } from './test-database.js';
import type { TestServer } from './test-server.js';

/** A PostgreSQL of a test's own, for what all databases of a cluster share: transaction ids, the horizon, crashes. */
export interface TestCluster {
  readonly cluster: ThrowawayCluster;
  createDatabase(): Promise<TestDatabase>;
  close(): Promise<void>;
}

/**
 * @param settings of the server, over those of a throwaway one (`synchronous_commit: 'on'` for a test that crashes it).
 * @param parentDir where its folder is made; that for temporary files unless given.
 */
export async function startCluster(
  settings: Readonly<Record<string, string>> = {},
  parentDir?: string,
): Promise<TestCluster> {
  const { ROLLCALL_TEST_PG_BIN: binDir } = loadTestConfig();
  const cluster = await startThrowawayCluster({
    settings,
    ...(binDir === undefined ? {} : { binDir }),
    ...(parentDir === undefined ? {} : { parentDir }),
  });
  const roles = loginRoles(newDatabaseSecrets());
  const server: TestServer = { adminUrl: cluster.urlOf('postgres'), template: 'template1', roles };
  try {
    // The template itself: every database of this cluster is a migrated one.
    const template = cluster.urlOf('template1');
    await provision(template, roles);
    await migrate(urlFor(template, roles.owner, 'rollcall_owner'));
  } catch (error) {
    await cluster.close();
    throw error;
  }
  return { cluster, createDatabase: () => cloneDatabase(server), close: () => cluster.close() };
}
