import { fork, type ChildProcess } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The three services of Rollcall. */
export type ServiceName = 'gateway' | 'face-worker' | 'attendance-projector';

/** Root of the repository, seen from `packages/testkit/dist/rollcall`. */
export const repositoryRoot = join(dirname(fileURLToPath(import.meta.url)), '..', '..', '..', '..');

/** One real service process, started from its built `main.js` with an IPC channel, its output kept in a file. */
export class ServiceProcess {
  private constructor(
    readonly name: ServiceName,
    readonly logFile: string,
    private readonly child: ChildProcess,
    private readonly ended: Promise<string>,
  ) {}

  /** Starts the service; does not wait until it is ready. */
  static start(name: ServiceName, env: Record<string, string>, logFile: string): ServiceProcess {
    const log = openSync(logFile, 'a', 0o600);
    const child = fork(join(repositoryRoot, 'services', name, 'dist', 'main.js'), {
      env: { PATH: process.env['PATH'] ?? '', HOME: process.env['HOME'] ?? '', ...env },
      stdio: ['ignore', log, log, 'ipc'],
    });
    closeSync(log);
    const ended = new Promise<string>((resolve) => {
      child.once('exit', (code, signal) => {
        resolve(signal ?? String(code));
      });
      child.once('error', (error) => {
        resolve(error.message);
      });
    });
    return new ServiceProcess(name, logFile, child, ended);
  }

  /** Process id; throws when the process could not be started. */
  get pid(): number {
    if (this.child.pid === undefined) throw new Error(`${this.name} did not start`);
    return this.child.pid;
  }

  get isRunning(): boolean {
    return this.child.exitCode === null && this.child.signalCode === null;
  }

  /** Everything the service has written so far. */
  output(): string {
    return readFileSync(this.logFile, 'utf8');
  }

  /** Sends `signal` and resolves with the exit code or signal once the process is gone; SIGKILL after `graceMs`. */
  async stop(signal: NodeJS.Signals = 'SIGTERM', graceMs = 20_000): Promise<string> {
    if (!this.isRunning) return this.ended;
    this.child.kill(signal);
    const late = setTimeout(() => this.child.kill('SIGKILL'), graceMs);
    const how = await this.ended;
    clearTimeout(late);
    return how;
  }
}
