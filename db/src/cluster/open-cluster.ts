import { mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { accountFolder, copyBinaries, makePrivateFolder } from './account-folder.js';
import { ClusterError } from './cluster-error.js';
import { prepareDataDirectory, SUPERUSER } from './data-directory.js';
import { binariesIn, locateEmbeddedBinaries, type PostgresBinaries } from './locate-binaries.js';
import { claimOwnership, giveUpOwnership } from './ownership.js';
import { PostgresKeeper } from './postgres-keeper.js';
import { findRunningPostmaster, removeStalePostmasterFile, type Postmaster } from './postmaster.js';
import { accountIdentity, chooseIdentity, type ProcessIdentity } from './process-identity.js';
import { freePort, startPostgres, stopPostgres } from './start-postgres.js';

export interface ClusterOptions {
  /** Folder of the installation; data, log and bookkeeping go below it. */
  readonly stateDir: string;
  readonly superuserPassword: string;
  /** Wanted port; the last one, or any, when it is taken or not given. */
  readonly port?: number;
  /** Folder with other binaries than the embedded ones. */
  readonly binDir?: string;
  /** Whether a commit waits for the disk. Default true; false only for what may be lost, such as a test. */
  readonly durable?: boolean;
  /** Settings over the usual ones. */
  readonly settings?: Readonly<Record<string, string>>;
}

export interface Cluster {
  readonly host: string;
  readonly port: number;
  readonly pid: number;
  readonly dataDir: string;
  readonly majorVersion: number;
  /** URL of the superuser for a database of the cluster. */
  urlOf(database: string): string;
  /** It was running already. */
  readonly reused: boolean;
  /**
   * From now on starts it again, on the same port, when it ends without this process having asked it to: at once, then after
   * pauses that double from half a second to 30. Its owner does that, or whoever comes after an owner that has ended.
   *
   * @param tell told, in words for a person, when it ended, when it runs again, and why it cannot be started.
   */
  keepRunning(tell: (line: string) => void): void;
  /** Ends Postgres, unless another process is its owner. */
  close(): Promise<void>;
}

const ATTEMPTS = 3;

/**
 * The embedded cluster of an installation: made if there is none, started if it does not run, else reused. Two
 * processes may do this at once: one starts it, the other finds it.
 *
 * @throws ClusterError with one line that says what is wrong.
 */
export async function openCluster(options: ClusterOptions): Promise<Cluster> {
  const stateDir = resolve(options.stateDir);
  await mkdir(stateDir, { recursive: true, mode: 0o700 });
  const place = await choosePlace(stateDir, options.binDir);
  const ownerFile = join(stateDir, 'postgres-owner.json');
  const { postmaster, reused } = await findOrStart(stateDir, place, options);
  const { port } = postmaster;
  await writeFile(join(stateDir, 'postgres-port'), String(port), { mode: 0o600 });
  let isOwner = await claimOwnership(ownerFile);
  const keeper = new PostgresKeeper(postmaster, {
    async find() {
      const running = await findRunningPostmaster(place.dataDir);
      return running?.ready === true && running.port === port ? running : undefined;
    },
    // Its owner may have ended, and taken it along: then it is ours from now on.
    mayStart: async () => (isOwner ||= await claimOwnership(ownerFile)),
    start: (signal) => startAgain(stateDir, place, { ...options, port }, signal),
  });
  return {
    host: '127.0.0.1',
    port,
    get pid() {
      return keeper.pid;
    },
    dataDir: place.dataDir,
    majorVersion: place.binaries.majorVersion,
    urlOf: (database) =>
      `postgres://${SUPERUSER}:${encodeURIComponent(options.superuserPassword)}@127.0.0.1:${port}/${database}`,
    reused,
    keepRunning: (tell) => keeper.keepRunning(tell),
    async close() {
      await keeper.stop();
      if (isOwner && (await giveUpOwnership(ownerFile)) && keeper.isUp) await stopPostgres(keeper.pid);
    },
  };
}

/** Starts what has ended where it was: on its port, and only with the data it had. */
async function startAgain(
  stateDir: string,
  place: ClusterPlace,
  options: ClusterOptions & { readonly port: number },
  signal: AbortSignal,
): Promise<Postmaster> {
  // Data that somebody moved away, or whose disk is gone, must not be replaced by an empty database.
  if (!(await exists(join(place.dataDir, 'PG_VERSION')))) {
    throw new ClusterError(`There is no database in ${place.dataDir} any more.`);
  }
  const { postmaster, reused } = await findOrStart(stateDir, place, options, signal);
  if (postmaster.port === options.port) return postmaster;
  // Whoever is connected looks for it where it was.
  if (!reused) await stopPostgres(postmaster.pid);
  throw new ClusterError(`Port ${options.port} is taken.`);
}

/** Where a state folder's data stands, and with what and as whom its Postgres runs. */
export interface ClusterPlace {
  readonly binaries: PostgresBinaries;
  readonly identity: ProcessIdentity;
  readonly dataDir: string;
}

export async function choosePlace(stateDir: string, binDir: string | undefined): Promise<ClusterPlace> {
  const binaries = binDir === undefined ? await locateEmbeddedBinaries() : await binariesIn(binDir);
  const elsewhere = accountFolder(stateDir);
  // Data made under an account of its own stays there, even if a user namespace would be allowed by now.
  const moved = process.getuid?.() === 0 && (await exists(join(elsewhere, 'postgres')));
  const identity = moved ? accountIdentity() : chooseIdentity(join(binaries.binDir, 'postgres'), stateDir);
  if (identity.kind !== 'account') return { binaries, identity, dataDir: join(stateDir, 'postgres') };
  await makePrivateFolder(elsewhere, identity);
  return { binaries: await copyBinaries(binaries), identity, dataDir: join(elsewhere, 'postgres') };
}

/** @param signal gives up starting; after a minute unless given. */
async function findOrStart(
  stateDir: string,
  place: ClusterPlace,
  options: ClusterOptions,
  signal?: AbortSignal,
): Promise<{ postmaster: Postmaster; reused: boolean }> {
  for (let attempt = 1; ; attempt += 1) {
    const running = await findRunningPostmaster(place.dataDir);
    if (running?.ready) return { postmaster: running, reused: true };
    try {
      if (running === undefined) await removeStalePostmasterFile(place.dataDir);
      await prepareDataDirectory({ ...place, purpose: 'installation', ...pick(options) });
      const port = await freePort(options.port ?? (await lastPort(stateDir)));
      const logFile = join(stateDir, 'postgres.log');
      const start = { ...place, binDir: place.binaries.binDir, port, logFile };
      const postmaster = await startPostgres({ ...start, ...(signal && { signal }) });
      return { postmaster, reused: false };
    } catch (error) {
      // Another process may have started it in the same moment, or taken the port.
      if (attempt === ATTEMPTS) throw error;
      if (!(await waitUntilReady(place.dataDir)) && !isRetryable(error)) throw error;
    }
  }
}

const FORGETFUL = { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' };

function pick(options: ClusterOptions): Required<Pick<ClusterOptions, 'superuserPassword' | 'durable' | 'settings'>> {
  const { superuserPassword, durable = true, settings } = options;
  return { superuserPassword, durable, settings: { ...(durable ? {} : FORGETFUL), ...settings } };
}

function isRetryable(error: unknown): boolean {
  return error instanceof ClusterError && /lock file|could not bind|could not create any TCP/.test(error.message);
}

/** Waits while a Postgres that somebody else started comes up; false when there is none. */
async function waitUntilReady(dataDir: string): Promise<boolean> {
  for (;;) {
    const running = await findRunningPostmaster(dataDir);
    if (running === undefined) return false;
    if (running.ready) return true;
    await new Promise((next) => setTimeout(next, 20));
  }
}

async function lastPort(stateDir: string): Promise<number> {
  const text = await readFile(join(stateDir, 'postgres-port'), 'utf8').catch(() => '0');
  return Number(text) || 0;
}

async function exists(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined)) !== undefined;
}
