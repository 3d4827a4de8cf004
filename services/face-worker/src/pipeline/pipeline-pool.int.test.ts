import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { createLocalObjectStore, newObjectKey } from '@rollcall/object-store';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { livingChildren } from '../testing/child-processes.test.js';
import { recordingLogger } from '../testing/memory-gallery-source.test.js';
import type { PipelineFailure } from './pipeline-messages.js';
import { createPipelinePool, PipelineUnavailableError, type PipelinePool } from './pipeline-pool.js';

const organization = '00000000-0000-7000-8000-000000000001';
const scripted = new URL('../../fixtures/scripted-child.mjs', import.meta.url);
let folder: string;
let pool: PipelinePool;
let broken: PipelineFailure[];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'rollcall-pool-'));
  broken = [];
});
afterEach(async () => {
  await pool.close();
  await rm(folder, { recursive: true, force: true });
});

function open({ children = 2, deadlineMs = 30_000, childModule = scripted } = {}): PipelinePool {
  pool = createPipelinePool({
    children,
    deadlineMs,
    settings: { storageRoot: folder, pipeline: { modelPath: folder, detector: 'rfb' } },
    environment: {},
    logger: recordingLogger(),
    onBroken: (failure) => broken.push(failure),
    childModule,
  });
  return pool;
}

async function image(script: object): Promise<string> {
  const key = newObjectKey(organization, new Date());
  await createLocalObjectStore({ root: folder }).put(key, Buffer.from(JSON.stringify(script)));
  return key;
}

async function analyze(script: object) {
  return pool.analyze({
    kind: 'analyze',
    imageKey: await image(script),
    mode: 'single',
    maxPixels: 1e6,
    liveness: true,
    cropSize: 160,
  });
}

const good = { faces: [{ person: 'ann' }] };

describe('createPipelinePool', () => {
  it('brings faces back with their vectors and crops as binary data', async () => {
    expect((await open().start()).model.id).toBe('scripted-model');
    const outcome = await analyze(good);
    if (outcome.kind !== 'analysis') throw new Error(outcome.kind);
    const [face] = outcome.analysis.faces;
    expect(face?.embedding).toBeInstanceOf(Float32Array);
    expect(face?.embedding).toHaveLength(64);
    expect(Array.from(face?.crop ?? [])).toEqual([0xff, 0xd8, 0]);
  });

  it.each(['crash', 'abort'] as const)('tells of an image that makes its child %s, and works on', async (what) => {
    await open().start();
    const outcomes = await Promise.all([analyze(good), analyze({ do: what }), analyze(good), analyze(good)]);
    expect(outcomes.map(({ kind }) => kind)).toEqual(['analysis', 'failure', 'analysis', 'analysis']);
    expect(outcomes[1]).toMatchObject({ failure: { code: 'PIPELINE_CRASHED', about: 'process' } });
    expect(pool.figures()).toMatchObject({ lost: 1, busy: 0, waiting: 0 });
  });

  it('kills a child that never ends and replaces it, again and again', async () => {
    // The image after the endless one also waits for a new child, which takes its time on a busy machine.
    await open({ children: 1, deadlineMs: 5_000 }).start();
    for (let round = 0; round < 2; round++) {
      const [endless, after] = await Promise.all([analyze({ do: 'spin' }), analyze(good)]);
      expect(endless).toMatchObject({ kind: 'failure', failure: { code: 'PIPELINE_DEADLINE', about: 'process' } });
      expect(after.kind).toBe('analysis');
    }
  });

  it('gives a child longer to start than an image', async () => {
    await expect(open({ children: 1, deadlineMs: 1 }).start()).resolves.toMatchObject({
      model: { id: 'scripted-model' },
    });
  });

  it('leaves no child behind that was killed', async () => {
    await open({ children: 1, deadlineMs: 5_000 }).start();
    const before = livingChildren();
    await analyze({ do: 'spin' });
    expect((await analyze(good)).kind).toBe('analysis');
    while (livingChildren().length > before.length) await sleep(20);
    expect(livingChildren().some((pid) => before.includes(pid))).toBe(false);
  });

  it('replaces a child that dies while idle', async () => {
    await open({ children: 1 }).start();
    const [idle = 0] = livingChildren();
    process.kill(idle, 'SIGKILL');
    while (pool.figures().lost === 0) await sleep(10);
    expect((await analyze(good)).kind).toBe('analysis');
  });

  it('goes on when the replacement of a dead child is killed as well', async () => {
    await open({ children: 1 }).start();
    const [idle = 0] = livingChildren();
    process.kill(idle, 'SIGKILL');
    let replacement: number | undefined;
    while (replacement === undefined) {
      await sleep(1);
      replacement = livingChildren().find((pid) => pid !== idle);
    }
    process.kill(replacement, 'SIGKILL');
    let last = 'failure';
    for (let attempt = 0; attempt < 3 && last === 'failure'; attempt++) last = (await analyze(good)).kind;
    expect(last).toBe('analysis');
  });

  it('passes on what the pipeline says of a bad image', async () => {
    await open().start();
    expect(await analyze({ do: 'refuse' })).toEqual({
      kind: 'failure',
      failure: { code: 'IMAGE_DAMAGED', about: 'image', message: 'scripted IMAGE_DAMAGED' },
    });
    expect(broken).toEqual([]);
  });

  it('tells when a child finds models missing while running', async () => {
    await open().start();
    await analyze({ do: 'broken' });
    expect(broken.map(({ code }) => code)).toEqual(['MODEL_MISSING']);
  });

  it('gives up what has no child yet, and lets the rest finish', async () => {
    await open({ children: 1 }).start();
    const gate = join(folder, 'go');
    const running = analyze({ ...good, until: gate });
    while (pool.figures().busy === 0) await sleep(5);
    const waiting = analyze(good);
    while (pool.figures().waiting === 0) await sleep(5);
    pool.cancelWaiting();
    expect((await waiting).kind).toBe('cancelled');
    await writeFile(gate, '');
    expect((await running).kind).toBe('analysis');
  });

  it('ends what is running as cancelled when it is closed', async () => {
    await open({ children: 1 }).start();
    const running = analyze({ ...good, until: join(folder, 'never') });
    while (pool.figures().busy === 0) await sleep(5);
    await pool.close();
    expect((await running).kind).toBe('cancelled');
    expect((await analyze(good)).kind).toBe('cancelled');
  });

  it('rejects the start, naming the file and the command, when models are missing', async () => {
    const childModule = new URL('../../dist/pipeline/pipeline-child.js', import.meta.url);
    const starting = open({ childModule }).start();
    await expect(starting).rejects.toBeInstanceOf(PipelineUnavailableError);
    await expect(starting).rejects.toThrow(/manifest\.json.*npm run/);
  });
});
