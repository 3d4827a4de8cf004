import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { describe, expect, it } from 'vitest';

const fixture = (name: string) => fileURLToPath(new URL(`../fixtures/${name}`, import.meta.url));

function startThread(workerData: object): Worker {
  return new Worker(fixture('search-in-thread.mjs'), { workerData });
}

describe('environments', () => {
  it('serves several worker threads side by side', async () => {
    const answers = await Promise.all(
      Array.from({ length: 6 }, async (_, seed) => {
        const thread = startThread({ mode: 'answer', seed });
        const [[answer], [code]] = (await Promise.all([once(thread, 'message'), once(thread, 'exit')])) as [
          [number],
          [number],
        ];
        return [answer, code];
      }),
    );
    expect(answers).toEqual(Array.from({ length: 6 }, (_, seed) => [seed * 100 + 5, 0]));
  });

  it('lets a thread be terminated while it searches, saves and loads', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'rollcall-faiss-'));
    try {
      for (let round = 0; round < 5; round++) {
        const thread = startThread({ mode: 'linger', seed: round, path: join(folder, 'snapshot') });
        expect(await once(thread, 'message')).toEqual(['searching']);
        expect(await thread.terminate()).toBe(1);
      }
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });

  it.each([
    ['exit', 7],
    ['throw', 1],
    ['end', 0],
  ])('lets the process go by %s while it searches', async (way, expected) => {
    const child = spawn(process.execPath, [fixture('leave-while-searching.mjs'), way], { stdio: 'ignore' });
    const [code, signal] = (await once(child, 'exit')) as [number | null, string | null];
    expect([code, signal]).toEqual([expected, null]);
  });
});
