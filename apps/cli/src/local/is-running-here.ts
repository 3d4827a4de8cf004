import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** A Rollcall that `npm start` runs. */
export interface RunningRollcall {
  /** Where it answers; undefined while it is starting. */
  readonly url: string | undefined;
}

/** The `npm start` that runs on this state folder: it notes itself in `running.json` there. */
export async function findRunning(stateDir: string): Promise<RunningRollcall | undefined> {
  const { supervisor, url } = read(await readFile(join(stateDir, 'running.json'), 'utf8').catch(() => '{}'));
  if (typeof supervisor?.pid !== 'number' || !isAlive(supervisor.pid)) return undefined;
  return { url: typeof url === 'string' ? url : undefined };
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

function read(text: string): { supervisor?: { pid?: unknown }; url?: unknown } {
  try {
    const content: unknown = JSON.parse(text);
    return typeof content === 'object' && content !== null ? content : {};
  } catch {
    return {};
  }
}
