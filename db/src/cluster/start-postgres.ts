import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, fstatSync, openSync } from 'node:fs';
import { open, rename, stat } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { errorCode } from '../error-code.js';
import { ClusterError } from './cluster-error.js';
import { isAlive, readPostmasterFile, type Postmaster } from './postmaster.js';
import { commandFor, type ProcessIdentity } from './process-identity.js';

export interface StartOptions {
  readonly binDir: string;
  readonly dataDir: string;
  readonly identity: ProcessIdentity;
  readonly port: number;
  readonly logFile: string;
  /** Ends it when it does not accept connections yet. After a minute unless given: a recovery may take long. */
  readonly signal?: AbortSignal;
}

const LARGEST_LOG_BYTES = 10_000_000;
const START_DEADLINE_MS = 60_000;
const LOOK_AGAIN_MS = 10;

/** Starts Postgres on a prepared data directory; resolves when it accepts connections. */
export async function startPostgres(options: StartOptions): Promise<Postmaster> {
  await rotate(options.logFile);
  const log = openSync(options.logFile, 'a', 0o600);
  const logStart = fstatSync(log).size;
  const args = ['-D', options.dataDir, '-c', `port=${options.port}`];
  const command = commandFor(options.identity, join(options.binDir, 'postgres'), args);
  // A session of its own: Ctrl-C in the terminal must not end the database before its users have finished.
  const child = spawn(command.file, command.args, {
    ...command.options,
    cwd: options.dataDir,
    detached: true,
    stdio: ['ignore', log, log],
  });
  closeSync(log);
  child.unref();
  const ended = exitOf(child);
  const signal = options.signal ?? AbortSignal.timeout(START_DEADLINE_MS);
  for (;;) {
    const end = await Promise.race([ended, sleep(LOOK_AGAIN_MS)]);
    if (typeof end === 'string') throw await startFailure(options, logStart, end);
    const postmaster = await readPostmasterFile(options.dataDir);
    if (postmaster?.ready && postmaster.pid === child.pid) return postmaster;
    if (signal.aborted) {
      child.kill('SIGQUIT');
      throw await startFailure(options, logStart, 'it was not ready in time');
    }
  }
}

/** Ends Postgres: open sessions are cut, everything committed is written. Resolves when the process is gone. */
export async function stopPostgres(pid: number): Promise<void> {
  const patienceMs = 30_000;
  signal(pid, 'SIGINT');
  const deadline = Date.now() + patienceMs;
  let insisted = false;
  while (isAlive(pid)) {
    if (!insisted && Date.now() > deadline) {
      // Recovery at the next start makes up for it.
      signal(pid, 'SIGQUIT');
      insisted = true;
    }
    await sleep(LOOK_AGAIN_MS);
  }
}

/** A TCP port on loopback: the wanted one if it is free, else any. */
export async function freePort(wanted = 0): Promise<number> {
  const port = await tryPort(wanted);
  return port ?? (await tryPort(0)) ?? Promise.reject(new ClusterError('There is no free TCP port on 127.0.0.1.'));
}

function tryPort(port: number): Promise<number | undefined> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(undefined));
    server.listen({ port, host: '127.0.0.1' }, () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' ? address?.port : undefined));
    });
  });
}

function exitOf(child: ChildProcess): Promise<string> {
  return new Promise((resolve) => {
    child.once('error', (error) => resolve(error.message));
    child.once('exit', (code, name) => resolve(`it ended with ${name ?? code ?? 'an unknown code'}`));
  });
}

async function startFailure({ logFile, dataDir }: StartOptions, logStart: number, end: string): Promise<ClusterError> {
  const reason = firstComplaint(await readFrom(logFile, logStart)) ?? end;
  return new ClusterError(`PostgreSQL did not start on ${dataDir}: ${reason} (log: ${logFile})`);
}

/**
 * The first FATAL or PANIC of the log; what stands before it are warnings, what follows are consequences. Not what those were told
 * who came too early.
 */
function firstComplaint(log: string): string | undefined {
  const isComplaint = (text: string): boolean => /\b(FATAL|PANIC):(?!\s+the database system is )/.test(text);
  const line = log.split('\n').find(isComplaint) ?? log.trim().split('\n').at(-1);
  return line?.replace(/^.*?\b(FATAL|PANIC):\s*/, '').trim() || undefined;
}

async function readFrom(file: string, start: number): Promise<string> {
  const handle = await open(file, 'r');
  try {
    const { size } = await handle.stat();
    const buffer = Buffer.alloc(Math.min(size - start, 64_000));
    await handle.read(buffer, 0, buffer.length, start);
    return buffer.toString('utf8');
  } finally {
    await handle.close();
  }
}

async function rotate(logFile: string): Promise<void> {
  const size = (await stat(logFile).catch(() => undefined))?.size ?? 0;
  if (size > LARGEST_LOG_BYTES) await rename(logFile, `${logFile}.1`);
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch (error) {
    if (errorCode(error) !== 'ESRCH') throw error;
  }
}
