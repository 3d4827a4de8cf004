import { setTimeout as sleep } from 'node:timers/promises';
import { isAlive, type Postmaster } from './postmaster.js';

const LOOK_MS = 500;
const LONGEST_PAUSE_MS = 30_000;
/** After this long an end is a new one, not the last one again. */
const STABLE_MS = 60_000;

export interface KeeperParts {
  /** One that runs already, as when its owner has started it. */
  readonly find: () => Promise<Postmaster | undefined>;
  /** Whether to start it is this process's business. */
  readonly mayStart: () => Promise<boolean>;
  /** Starts it where it was. @throws Error that says why it cannot. */
  readonly start: (signal: AbortSignal) => Promise<Postmaster>;
}

/** Starts a PostgreSQL again when it ends: `Cluster.keepRunning`. */
export class PostgresKeeper {
  readonly #parts: KeeperParts;
  readonly #stopping = new AbortController();
  #pid: number;
  #isUp = true;
  #watching: Promise<void> = Promise.resolve();

  /** @param postmaster the one that runs now. */
  constructor(postmaster: Postmaster, parts: KeeperParts) {
    this.#pid = postmaster.pid;
    this.#parts = parts;
  }

  /** Of the one that runs, or of the last one that did. */
  get pid(): number {
    return this.#pid;
  }

  /** False from when it was found dead until it runs again: by then its number may be another process's. */
  get isUp(): boolean {
    return this.#isUp;
  }

  keepRunning(tell: (line: string) => void): void {
    this.#watching = this.#watch(tell);
  }

  /** Starts nothing any more; gives up what it is starting at this moment. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#watching;
  }

  async #watch(tell: (line: string) => void): Promise<void> {
    let pauseMs = LOOK_MS;
    let upSince = performance.now();
    while (await this.#pause(this.#isUp ? LOOK_MS : pauseMs)) {
      if (this.#isUp && isAlive(this.#pid)) {
        if (performance.now() - upSince > STABLE_MS) pauseMs = LOOK_MS;
        continue;
      }
      if (this.#isUp) {
        this.#isUp = false;
        tell('PostgreSQL has ended; it is started again');
        if (pauseMs > LOOK_MS && !(await this.#pause(pauseMs))) break;
      }
      await this.#revive(tell);
      upSince = performance.now();
      pauseMs = Math.min(LONGEST_PAUSE_MS, pauseMs * 2);
    }
  }

  async #revive(tell: (line: string) => void): Promise<void> {
    try {
      const found = await this.#parts.find();
      if (found === undefined && !(await this.#parts.mayStart())) return;
      const { pid, port } = found ?? (await this.#parts.start(this.#stopping.signal));
      this.#pid = pid;
      this.#isUp = true;
      tell(`PostgreSQL runs again on port ${port}`);
    } catch (error) {
      tell(`PostgreSQL could not be started again: ${error instanceof Error ? error.message : String(error)}`);
    }
  }

  /** False when it is to stop. */
  async #pause(milliseconds: number): Promise<boolean> {
    const { signal } = this.#stopping;
    await sleep(milliseconds, undefined, { signal, ref: false }).catch(() => undefined);
    return !signal.aborted;
  }
}
