import { fork } from 'node:child_process';
import { createInterface } from 'node:readline';

const FIRST_PAUSE = 500;
const LONGEST_PAUSE = 30_000;
/** After this long a failure is a new one, not the last one again. */
const STABLE_MILLISECONDS = 60_000;

/**
 * One service as a child process that is started again when it dies, after pauses that double from half a second to 30.
 *
 * It gets an IPC channel: when this process is gone, however it went, the channel closes and the service ends. It is
 * in a process group of its own, so that Ctrl-C in the terminal reaches only us and services end in the order we choose.
 */
export class Service {
  #entry;
  #env;
  #events;
  #child;
  #timer;
  #stopping = false;
  #failures = 0;

  /**
   * @param {object} options
   * @param {string} options.name
   * @param {string} options.entry file to run
   * @param {NodeJS.ProcessEnv} options.env
   * @param {{ line(name: string, text: string): void, changed(): void, died(name: string, how: string, failures: number): void }} options.events
   */
  constructor({ name, entry, env, events }) {
    this.name = name;
    this.#entry = entry;
    this.#env = env;
    this.#events = events;
  }

  /** undefined while it does not run */
  get pid() {
    return this.#child?.pid;
  }

  start() {
    const started = performance.now();
    const child = fork(this.#entry, [], { env: this.#env, stdio: ['ignore', 'pipe', 'pipe', 'ipc'], detached: true });
    this.#child = child;
    for (const stream of [child.stdout, child.stderr]) {
      createInterface({ input: stream }).on('line', (line) => this.#events.line(this.name, line));
    }
    // `exit` follows; without a listener the error would be thrown
    child.on('error', (error) => this.#events.line(this.name, error.message));
    child.once('exit', (code, signal) => {
      this.#child = undefined;
      this.#events.changed();
      if (this.#stopping) return;
      if (performance.now() - started > STABLE_MILLISECONDS) this.#failures = 0;
      this.#failures += 1;
      const pause = Math.min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** (this.#failures - 1));
      this.#events.died(this.name, signal ? `was ended by ${signal}` : `ended with ${code}`, this.#failures);
      if (!this.#stopping) this.#timer = setTimeout(() => this.start(), pause);
    });
    this.#events.changed();
  }

  /** Asks it to finish; after the deadline it is killed. @param {number} milliseconds */
  async stop(milliseconds) {
    this.#stopping = true;
    clearTimeout(this.#timer);
    const child = this.#child;
    if (!child) return;
    const ended = new Promise((done) => child.once('exit', done));
    child.kill('SIGTERM');
    const timer = setTimeout(() => this.kill(), milliseconds);
    await ended;
    clearTimeout(timer);
  }

  kill() {
    this.#stopping = true;
    clearTimeout(this.#timer);
    this.#child?.kill('SIGKILL');
  }
}
