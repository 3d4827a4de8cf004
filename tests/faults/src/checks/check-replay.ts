import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { repositoryRoot } from '@rollcall/testkit/rollcall';
import { finding, type Finding } from './finding.js';

const LIMIT_MS = 600_000;

/**
 * `npm run replay -- --check` at the end of the run: the whole log, projected from zero beside what the projectors wrote under
 * all those faults, gives the same sightings and records, and no derived event or line of the trail is missing.
 */
export async function checkReplay(stateDir: string, storageRoot: string): Promise<Finding> {
  const program = join(repositoryRoot, 'apps/cli/dist/main.js');
  const env = {
    PATH: process.env['PATH'],
    HOME: process.env['HOME'],
    STATE_DIR: stateDir,
    DATABASE_URL: '',
    STORAGE_ROOT: storageRoot,
  };
  const child = spawn(process.execPath, [program, 'replay', '--check', '--all'], {
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: LIMIT_MS,
  });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (part: Buffer) => (said += part.toString()));
  const [code] = (await once(child, 'close')) as [number | null];
  const lastLine = said.trim().split('\n').at(-1) ?? '';
  return finding(lastLine, {
    wrong: code === 0 ? [] : [`the replay differs (${String(code)}): ${said.slice(-1_000)}`],
  });
}
