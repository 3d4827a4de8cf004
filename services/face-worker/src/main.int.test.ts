import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { join } from 'node:path';
import { waitUntil } from '@rollcall/testkit';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { frames } from '@rollcall/sample-photos';
import { isAlive, livingChildren } from './testing/child-processes.test.js';
import { WorkerBench } from './testing/worker-bench.test.js';

const main = new URL('../dist/main.js', import.meta.url);
let bench: WorkerBench;
let running: ChildProcess[] = [];
beforeAll(async () => {
  bench = await WorkerBench.open();
});
afterEach(() => {
  for (const child of running) child.kill('SIGKILL');
  running = [];
});
afterAll(() => bench.close());

/** The real program, as a service is started: with a channel to its parent. */
function start(env: Readonly<Record<string, string>> = {}): { child: ChildProcess; output: () => string } {
  const child = fork(main, {
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    env: {
      PATH: process.env['PATH'] ?? '',
      DATABASE_URL: bench.db.systemUrl,
      STORAGE_ROOT: join(bench.folder, 'objects'),
      FAISS_INDEX_PATH: join(bench.folder, 'galleries'),
      MODEL_PATH: fileURLToPath(new URL('../../../models', import.meta.url)),
      WORKER_PROCESSES: '2',
      CLAIM_LEASE_SECONDS: '2',
      ...env,
    },
  });
  let text = '';
  child.stdout?.on('data', (chunk: Buffer) => (text += chunk.toString()));
  child.stderr?.on('data', (chunk: Buffer) => (text += chunk.toString()));
  running.push(child);
  return { child, output: () => text };
}

async function startReady() {
  const { child, output } = start();
  await waitUntil('the worker is ready', () => output().includes('the face worker is ready'));
  return child;
}

describe('the face worker’s program', () => {
  it('stops with the names of all wrong settings', async () => {
    const { child, output } = start({ DETECTOR: 'eyes', WORKER_PROCESSES: 'many' });
    expect(await once(child, 'exit')).toEqual([78, null]);
    expect(output()).toMatch(/DETECTOR is "eyes"; allowed: one of rfb, haar/);
    expect(output()).toMatch(/WORKER_PROCESSES is "many"/);
  });

  it('stops with one clear line when a model is damaged or missing', async () => {
    const { child, output } = start({ MODEL_PATH: join(bench.folder, 'nowhere') });
    expect(await once(child, 'exit')).toEqual([78, null]);
    const fatal = output()
      .split('\n')
      .filter((line) => line.includes('"fatal"'));
    expect(fatal).toHaveLength(1);
    expect(fatal[0]).toMatch(/nowhere.*npm run/);
  });

  it('stopped while it starts, it says nothing of a crash', async () => {
    const { child, output } = start();
    await waitUntil('its children are there', () => livingChildren(child.pid ?? 0).length > 0);
    child.kill('SIGTERM');
    expect(await once(child, 'exit')).toEqual([0, null]);
    expect(output()).not.toMatch(/"(fatal|error)"|PIPELINE_CRASHED/);
  });

  it('ends cleanly on SIGTERM, its children with it', async () => {
    const child = await startReady();
    const children = livingChildren(child.pid);
    expect(children.length).toBeGreaterThan(0);
    child.kill('SIGTERM');
    expect(await once(child, 'exit')).toEqual([0, null]);
    expect(children.filter(isAlive)).toEqual([]);
  });

  it('ends when its parent goes away', async () => {
    const child = await startReady();
    child.disconnect();
    expect(await once(child, 'exit')).toEqual([0, null]);
  });

  it('leaves no child behind when it is killed, and its frame is taken over', async () => {
    const [frame] = await frames();
    const victim = await startReady();
    const children = livingChildren(victim.pid);
    // Stopped, not killed: so that the frame is surely in the middle when its worker dies.
    for (const pid of children) process.kill(pid, 'SIGSTOP');
    const id = await bench.submitFrame(frame?.bytes ?? Buffer.alloc(0), { mode: 'group' });
    await waitUntil('the frame is claimed', async () => (await bench.stateOf('recognition', id)).attempts === 1);
    victim.kill('SIGKILL');
    for (const pid of children) process.kill(pid, 'SIGCONT');
    await waitUntil('the children are gone', () => !children.some(isAlive));

    await startReady();

    expect(await bench.endOf('recognition', id)).toMatchObject({ status: 'completed', attempts: 2 });
    expect(await bench.eventTypes(`recognitions/${id}`)).toEqual(['recognition.requested', 'recognition.completed']);
  });

  it('keeps its database password from its children', async () => {
    const child = await startReady();
    for (const pid of livingChildren(child.pid)) {
      expect(readFileSync(`/proc/${pid}/environ`, 'utf8')).not.toContain('DATABASE_URL');
    }
  });
});
