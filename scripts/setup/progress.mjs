const QUIET_SECONDS = 15;

/** @param {number} milliseconds */
export function seconds(milliseconds) {
  return `${(milliseconds / 1000).toFixed(1)} s`;
}

/**
 * Tells how far the set-up is. On a terminal the running step's line is rewritten; elsewhere (a pipe, a CI log) a line is
 * printed when a step starts to take long, and again every 15 s.
 */
export class Progress {
  #out;
  #lastPrinted = 0;
  #timings = [];

  /** @param {NodeJS.WriteStream} [out] */
  constructor(out = process.stdout) {
    this.#out = out;
  }

  /** What was done and how long it took, in order: `[{ name, outcome, milliseconds }]`. */
  get timings() {
    return this.#timings;
  }

  /**
   * Runs one step. `work` gets `tell(text)` for progress and returns the outcome.
   * @param {string} name
   * @param {(tell: (text: string) => void) => Promise<string>} work returns what happened, e.g. `built`, `from cache`, `there already`
   */
  async step(name, work) {
    const started = performance.now();
    this.#lastPrinted = started;
    this.#status(`… ${name}`);
    try {
      const outcome = await work((text) => this.#tell(name, text));
      const milliseconds = performance.now() - started;
      this.#timings.push({ name, outcome, milliseconds });
      // Nothing to tell of a step that had nothing to do: a second start is one line.
      if (outcome === 'there already') this.#status('');
      else this.#line(`✔ ${name} (${outcome} in ${seconds(milliseconds)})`);
      return outcome;
    } catch (error) {
      this.#line(`✘ ${name} (failed after ${seconds(performance.now() - started)})`);
      throw error;
    }
  }

  /** A line that stays. @param {string} text */
  say(text) {
    this.#line(text);
  }

  #tell(name, text) {
    if (this.#out.isTTY) return this.#status(`… ${name}: ${text}`);
    const now = performance.now();
    if (now - this.#lastPrinted < QUIET_SECONDS * 1000) return;
    this.#lastPrinted = now;
    this.#out.write(`… ${name}: ${text}\n`);
  }

  #status(text) {
    if (!this.#out.isTTY) return;
    this.#out.write(`\r\x1b[2K${text.slice(0, (this.#out.columns ?? 80) - 1)}`);
  }

  #line(text) {
    this.#out.write(`${this.#out.isTTY ? '\r\x1b[2K' : ''}${text}\n`);
  }
}
