import type { TestProject } from 'vitest/node';
import { loadTestConfig } from './config.js';
import { startTestServer } from './database/test-server.js';
import './database/create-test-database.js';

/** One server and one migrated template for all test files of a run. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const { server, stop } = await startTestServer(loadTestConfig());
  project.provide('rollcallTestServer', server);
  return stop;
}
