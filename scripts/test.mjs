// npm test: set-up, then all tests (unit, integration, e2e). Arguments go to vitest: npm test -- --project unit packages/faiss
import { join } from 'node:path';
import { runNode } from './node-child.mjs';
import { reportFailure, setup } from './setup.mjs';
import { root } from './setup/paths.mjs';

try {
  await setup();
  const vitest = join(root, 'node_modules/vitest/vitest.mjs');
  process.exitCode = await runNode([vitest, 'run', ...process.argv.slice(2)], { cwd: root });
} catch (error) {
  process.exitCode = reportFailure(error);
}
