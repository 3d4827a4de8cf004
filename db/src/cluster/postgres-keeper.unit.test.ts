import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, it } from 'vitest';
import { PostgresKeeper } from './postgres-keeper.js';

it('gives up a start that takes long, as a recovery does, when it is to stop', async () => {
  const ended = spawn(process.execPath, ['-e', '']);
  await once(ended, 'exit');
  const said: string[] = [];
  let begin = (): void => undefined;
  const begun = new Promise<void>((resolve) => (begin = resolve));
  const keeper = new PostgresKeeper(
    { pid: ended.pid ?? 0, port: 1, ready: true },
    {
      find: () => Promise.resolve(undefined),
      mayStart: () => Promise.resolve(true),
      start: (signal) =>
        new Promise((_, reject) => {
          signal.addEventListener('abort', () => reject(new Error('given up')));
          begin();
        }),
    },
  );
  keeper.keepRunning((line) => said.push(line));
  await begun;
  await keeper.stop();
  expect(said).toEqual([
    'PostgreSQL has ended; it is started again',
    'PostgreSQL could not be started again: given up',
  ]);
  expect(keeper.isUp).toBe(false);
});
