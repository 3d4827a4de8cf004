import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { PASSWORD_WORKER } from './test-gateway.test.js';

/** The password worker of the gateway, which writes down what it does and can be held. */
export interface WatchedPasswordWorker {
  /** For the gateway's options. */
  readonly url: URL;
  /** Comparisons made so far, also those with nobody's hash. */
  comparisons(): Promise<number>;
  /** From now on whatever is to be hashed waits, and keeps its thread, until the function that is answered is called. */
  holdHashes(): Promise<() => Promise<void>>;
  close(): Promise<void>;
}

/** Works as the real one; threads and test meet in a folder, since what is written there is there once a call is answered. */
export async function watchPasswordWorker(): Promise<WatchedPasswordWorker> {
  const folder = await mkdtemp(join(tmpdir(), 'rollcall-passwords-'));
  const [module, compared, held] = [join(folder, 'worker.mjs'), join(folder, 'compared'), join(folder, 'held')];
  await writeFile(compared, '');
  const source = `
    import { appendFileSync, existsSync } from 'node:fs';
    import { setTimeout as pause } from 'node:timers/promises';
    import * as worker from ${JSON.stringify(PASSWORD_WORKER.href)};
    export function comparePassword(input) {
      appendFileSync(${JSON.stringify(compared)}, '.');
      return worker.comparePassword(input);
    }
    export async function hashPassword(input) {
      while (existsSync(${JSON.stringify(held)})) await pause(10);
      return worker.hashPassword(input);
    }`;
  await writeFile(module, source);
  return {
    url: pathToFileURL(module),
    comparisons: async () => (await readFile(compared, 'utf8')).length,
    async holdHashes() {
      await writeFile(held, '');
      return () => rm(held, { force: true });
    },
    close: () => rm(folder, { recursive: true, force: true }),
  };
}
