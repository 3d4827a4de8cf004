import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { withLock } from './lock.mjs';

let folder;
let file;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'rollcall-lock-'));
  file = join(folder, 'deep', 'lock');
});
afterEach(() => rm(folder, { recursive: true, force: true }));

describe('withLock', () => {
  it('lets one work at a time, and the other wait and be told so', async () => {
    const order = [];
    const told = [];
    let release;
    const first = withLock(
      file,
      (text) => told.push(text),
      async () => {
        order.push('first in');
        await new Promise((done) => (release = done));
        order.push('first out');
      },
    );
    await expect.poll(() => order).toEqual(['first in']);
    const second = withLock(
      file,
      (text) => told.push(text),
      async () => void order.push('second in'),
    );
    await expect.poll(() => told.length).toBe(1);
    release();
    await Promise.all([first, second]);
    expect(order).toEqual(['first in', 'first out', 'second in']);
    expect(told[0]).toContain(String(process.pid));
    expect(existsSync(file)).toBe(false);
  });

  it('gives the lock back when the work fails', async () => {
    await expect(
      withLock(
        file,
        () => undefined,
        () => Promise.reject(new Error('work')),
      ),
    ).rejects.toThrow('work');
    expect(
      await withLock(
        file,
        () => undefined,
        async () => 'again',
      ),
    ).toBe('again');
  });

  it.each([
    ['of a process that is gone', () => `${spawnSync('true').pid} 12345`],
    ['of a process whose number went to another', () => `${process.pid} 1`],
    ['that was never written to the end', () => ''],
  ])('takes over a lock %s', async (_, content) => {
    await withLock(
      file,
      () => undefined,
      async () => undefined,
    ); // makes the folder
    await writeFile(file, content());
    expect(
      await withLock(
        file,
        () => undefined,
        async () => 'mine',
      ),
    ).toBe('mine');
  });
});
