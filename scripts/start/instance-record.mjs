import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { processStart } from '../process-start.mjs';
import { StartError } from './start-error.mjs';

/** Longer than a service takes to finish its work once its parent is gone. */
const ORPHAN_MILLISECONDS = 25_000;

/**
 * Who runs Rollcall on a state folder, in `running.json`: keeps a second start away, and lets a start after a `kill -9` find the
 * services that the dead one left behind.
 */
export class InstanceRecord {
  #file;
  #content;

  constructor(file, content) {
    this.#file = file;
    this.#content = content;
  }

  /**
   * @param {string} stateDir
   * @param {(text: string) => void} say
   * @param {number} [patience] milliseconds that services of a dead Rollcall get to end by themselves
   * @throws StartError when another process has it
   */
  static async claim(stateDir, say, patience = ORPHAN_MILLISECONDS) {
    await mkdir(stateDir, { recursive: true });
    const file = join(stateDir, 'running.json');
    for (;;) {
      const own = { supervisor: identityOf(process.pid), services: [] };
      try {
        await writeFile(file, JSON.stringify(own), { flag: 'wx' });
        return new InstanceRecord(file, own);
      } catch (error) {
        if (error.code !== 'EEXIST') throw error;
      }
      const found = await read(file);
      if (isAlive(found?.supervisor)) {
        throw new StartError(
          `Rollcall runs already on ${stateDir} (process ${found.supervisor.pid}): stop that one first`,
        );
      }
      await outlast(found?.services ?? [], say, patience);
      await rm(file, { force: true });
    }
  }

  /** Notes which processes run now. @param {readonly number[]} pids */
  async noteServices(pids) {
    await this.#note({ services: pids.map(identityOf) });
  }

  /** Notes where it answers, once it does. @param {string} url */
  async noteAddress(url) {
    await this.#note({ url });
  }

  async #note(news) {
    this.#content = { ...this.#content, ...news };
    await writeFile(`${this.#file}.new`, JSON.stringify(this.#content));
    await rename(`${this.#file}.new`, this.#file);
  }

  release() {
    return rm(this.#file, { force: true });
  }
}

function identityOf(pid) {
  return { pid, start: processStart(pid) };
}

function isAlive(identity) {
  return identity?.start !== undefined && processStart(identity.pid) === identity.start;
}

async function read(file) {
  try {
    return JSON.parse(await readFile(file, 'utf8'));
  } catch {
    // Killed while it was written, or removed meanwhile: nobody has it.
    return undefined;
  }
}

/** Services end by themselves when their parent is gone; one that does not is ended. */
async function outlast(services, say, patience) {
  const deadline = Date.now() + patience;
  if (services.some(isAlive)) say('the last Rollcall was killed: waiting for its services to end');
  while (services.some(isAlive) && Date.now() < deadline) await sleep(100);
  for (const service of services.filter(isAlive)) process.kill(service.pid, 'SIGKILL');
}
