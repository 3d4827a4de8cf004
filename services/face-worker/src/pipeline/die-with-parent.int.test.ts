import { fork } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { isAlive } from '../testing/child-processes.test.js';

it('kills a child in an endless loop when its parent is killed', async () => {
  const parent = fork(new URL('../../fixtures/parent.mjs', import.meta.url));
  const [message] = (await once(parent, 'message')) as [{ pid: number }];
  expect(isAlive(message.pid)).toBe(true);

  parent.kill('SIGKILL');

  while (isAlive(message.pid)) await sleep(20);
}, 20_000);
