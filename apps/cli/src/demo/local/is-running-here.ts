import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Whether `npm start` runs on this state folder: it notes itself in `running.json` there. */
export async function isRunningHere(stateDir: string): Promise<boolean> {
  const text = await readFile(join(stateDir, 'running.json'), 'utf8').catch(() => '{}');
  const pid = readPid(text);
  if (pid === undefined) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

function readPid(text: string): number | undefined {
  try {
    const { supervisor } = JSON.parse(text) as { supervisor?: { pid?: unknown } };
    return typeof supervisor?.pid === 'number' ? supervisor.pid : undefined;
  } catch {
    return undefined;
  }
}
