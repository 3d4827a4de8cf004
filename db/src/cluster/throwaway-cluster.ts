import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chmod, chown, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { copyBinaries } from './account-folder.js';
import { prepareDataDirectory, SUPERUSER } from './data-directory.js';
import { binariesIn, locateEmbeddedBinaries } from './locate-binaries.js';
import { isAlive } from './postmaster.js';
import { chooseIdentity, type ProcessIdentity } from './process-identity.js';
import { freePort, startPostgres, stopPostgres } from './start-postgres.js';

export interface ThrowawayOptions {
  /** Folder with other binaries than the embedded ones, such as `/usr/lib/postgresql/15/bin`. */
  readonly binDir?: string;
  readonly settings?: Readonly<Record<string, string>>;
  /** Where its folder is made; that for temporary files unless given. */
  readonly parentDir?: string;
  /** As whom it runs, when that is not to be found out. */
  readonly identity?: ProcessIdentity;
}

export interface ThrowawayCluster {
  readonly host: string;
  readonly port: number;
  readonly pid: number;
  readonly dataDir: string;
  readonly majorVersion: number;
  urlOf(database: string): string;
  /** Ends it at once and starts it again on the same data and port, as a crash would. */
  restart(): Promise<void>;
  /** Ends it and removes its data. */
  close(): Promise<void>;
}

/**
 * A cluster that forgets: nothing is synced to disk, and it goes away with this process, also when that is killed.
 * For tests, and for dumping the schema.
 */
export async function startThrowawayCluster(options: ThrowawayOptions = {}): Promise<ThrowawayCluster> {
  const found = options.binDir === undefined ? await locateEmbeddedBinaries() : await binariesIn(options.binDir);
  const folder = await mkdtemp(join(options.parentDir ?? tmpdir(), 'rollcall-postgres-'));
  const identity = options.identity ?? chooseIdentity(join(found.binDir, 'postgres'), folder);
  const binaries = identity.kind === 'account' ? await copyBinaries(found) : found;
  if (identity.kind === 'account') await chown(folder, identity.uid, identity.gid);
  await chmod(folder, 0o700);
  const password = randomBytes(24).toString('base64url');
  const dataDir = join(folder, 'data');
  const start = { binDir: binaries.binDir, dataDir, identity, logFile: join(folder, 'postgres.log') };
  try {
    await prepareDataDirectory({
      ...{ dataDir, binaries, identity, purpose: 'throwaway', durable: false, superuserPassword: password },
      ...(options.settings === undefined ? {} : { settings: options.settings }),
    });
    let { pid, port } = await startPostgres({ ...start, port: await freePort() });
    let unwatch = watch(pid, folder);
    return {
      host: '127.0.0.1',
      port,
      get pid() {
        return pid;
      },
      dataDir,
      majorVersion: binaries.majorVersion,
      urlOf: (database) => `postgres://${SUPERUSER}:${password}@127.0.0.1:${port}/${database}`,
      async restart() {
        unwatch();
        process.kill(pid, 'SIGQUIT');
        while (isAlive(pid)) await new Promise((next) => setTimeout(next, 10));
        ({ pid, port } = await startPostgres({ ...start, port }));
        unwatch = watch(pid, folder);
      },
      async close() {
        unwatch();
        await stopPostgres(pid);
        await rm(folder, { recursive: true, force: true });
      },
    };
  } catch (error) {
    await rm(folder, { recursive: true, force: true });
    throw error;
  }
}

/** A shell that waits for the end of its input, which comes with the end of this process however it ends. */
function watch(pid: number, folder: string): () => void {
  const script =
    'cat >/dev/null; test -e "$2" || exit; kill -QUIT "$1"; while kill -0 "$1" 2>/dev/null; do sleep 0.1; done; rm -rf "$2"';
  const watcher = spawn('sh', ['-c', script, 'sh', String(pid), folder], {
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  watcher.unref();
  (watcher.stdin as unknown as { unref?: () => void }).unref?.();
  return () => {
    watcher.kill('SIGKILL');
  };
}
