import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { waitUntil } from '@rollcall/testkit';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { SCRIPTED_DIMENSION, WorkerBench } from './testing/worker-bench.test.js';

let bench: WorkerBench;
beforeAll(async () => {
  bench = await WorkerBench.open();
});
afterAll(() => bench.close());
afterEach(async () => {
  for (const worker of bench.workers.splice(0)) await worker.stop();
});

describe('a frame', () => {
  it('tells who was enrolled before it, keeps evidence and ends with one event', async () => {
    await bench.startWorker();
    const ann = await bench.enrol('ann');
    const frame = await bench.submitFrame({ faces: [{ person: 'ann', like: 0.9 }, { person: 'a stranger' }] });
    expect(await bench.whoIsIn(frame)).toEqual([ann, null]);
    expect(await bench.eventTypes(`recognitions/${frame}`)).toEqual(['recognition.requested', 'recognition.completed']);
    const faces = await bench.facesOf(frame);
    expect(faces.map(({ review_kind, embedding }) => [review_kind, embedding?.length])).toEqual([
      [null, undefined],
      ['unknown', SCRIPTED_DIMENSION * 4],
    ]);
    for (const { crop_key } of faces) expect(await bench.objects.exists(crop_key ?? '')).toBe(true);
  });

  it('sends to review who is only a little alike', async () => {
    await bench.startWorker();
    const bob = await bench.enrol('bob');
    const frame = await bench.submitFrame({ faces: [{ person: 'bob', like: 0.43 }] });
    await bench.endOf('recognition', frame);
    expect(await bench.facesOf(frame)).toMatchObject([
      { decision: 'review', reason: 'BELOW_MATCH_THRESHOLD', user_id: bob, review_kind: 'uncertain' },
    ]);
  });

  it('is judged by the thresholds of the model in use, unless the installation or the organization says otherwise', async () => {
    const SCRIPTED_THRESHOLDS = JSON.stringify({ match: 0.36, review: 0.31, samePerson: 0.28, live: 0.5 });
    const seen = async (person: string) => {
      const frame = await bench.submitFrame({ faces: [{ person, like: 0.41 }] });
      await bench.endOf('recognition', frame);
      const [face] = await bench.facesOf(frame);
      return face?.decision;
    };
    const first = await bench.startWorker({ SCRIPTED_THRESHOLDS });
    await bench.enrol('cleo');
    expect(await seen('cleo')).toBe('match');
    await bench.db.owner.query(
      `insert into system_configs (organization_id, body) values ($1, '{"recognition": {"match_threshold": 0.42}}')`,
      [bench.organizationId],
    );
    expect(await seen('cleo')).toBe('review');
    await bench.db.owner.query('delete from system_configs where organization_id = $1', [bench.organizationId]);
    await first.stop();
    await bench.startWorker({ SCRIPTED_THRESHOLDS, CONFIDENCE_THRESHOLD: '0.43' });
    expect(await seen('cleo')).toBe('review');
  });

  it('is failed at once, with its reason, when it is no image', async () => {
    await bench.startWorker();
    const ending = await bench.endOf('recognition', await bench.submitFrame({ do: 'refuse' }));
    expect(ending).toMatchObject({ status: 'failed', reason: 'IMAGE_DAMAGED', attempts: 1 });
  });

  it.each(['crash', 'spin'] as const)(
    'that makes its child %s is failed after three attempts; the others go on',
    async (what) => {
      await bench.startWorker({ PIPELINE_DEADLINE_MS: '1500' });
      const poisoned = await bench.submitFrame({ do: what });
      const others = await Promise.all([1, 2, 3, 4].map(() => bench.submitFrame({ faces: [{ person: 'ann' }] })));
      for (const id of others) expect((await bench.endOf('recognition', id)).status).toBe('completed');
      expect(await bench.endOf('recognition', poisoned)).toMatchObject({
        status: 'failed',
        reason: what === 'crash' ? 'PIPELINE_CRASHED' : 'PIPELINE_DEADLINE',
        attempts: 3,
      });
      expect(await bench.eventTypes(`recognitions/${poisoned}`)).toEqual([
        'recognition.requested',
        'recognition.failed',
      ]);
      expect((await bench.endOf('recognition', await bench.submitFrame({ faces: [] }))).status).toBe('completed');
    },
  );

  it('is found by polling when the doorbell is off', async () => {
    const worker = await bench.startWorker({ DOORBELL: 'off' });
    expect(worker.figures()).toMatchObject({ doorbell: 'off' });
    expect((await bench.endOf('recognition', await bench.submitFrame({ faces: [] }))).status).toBe('completed');
  });
});

describe('a registration', () => {
  it('rejects the image of another person and enrols from the rest', async () => {
    await bench.startWorker();
    const user = await bench.newUser();
    const id = await bench.submitRegistration(user, [
      { faces: [{ person: 'cem' }] },
      { faces: [{ person: 'somebody else' }] },
      { faces: [{ person: 'cem', like: 0.95 }] },
      { faces: [{ person: 'cem', like: 0.9 }] },
    ]);
    expect((await bench.endOf('registration', id)).status).toBe('completed');
    const { rows } = await bench.db.owner.query<{ rejected: unknown }>(
      'select rejected from registration_requests where id = $1',
      [id],
    );
    expect(rows[0]?.rejected).toMatchObject([{ image_index: 1, code: 'DIFFERENT_PERSON' }]);
    expect(await bench.whoIsIn(await bench.submitFrame({ faces: [{ person: 'cem' }] }))).toEqual([user]);
  });

  it('keeps nothing when too few images are good', async () => {
    await bench.startWorker();
    const user = await bench.newUser();
    const id = await bench.submitRegistration(user, [
      { faces: [{ person: 'dea' }] },
      { faces: [] },
      { faces: [{ person: 'dea' }, { person: 'eve' }] },
    ]);
    expect(await bench.endOf('registration', id)).toMatchObject({ status: 'rejected', reason: 'TOO_FEW_GOOD_IMAGES' });
    const { rowCount } = await bench.db.owner.query('select from face_embeddings where user_id = $1', [user]);
    expect(rowCount).toBe(0);
  });

  it('rejects the one image that kills children and enrols from the rest', async () => {
    await bench.startWorker();
    const user = await bench.newUser();
    const good = { faces: [{ person: 'fay' }] };
    const id = await bench.submitRegistration(user, [good, { do: 'crash' }, good, good]);
    expect(await bench.endOf('registration', id)).toMatchObject({ status: 'completed', attempts: 3 });
  });
});

describe('the end of a worker', () => {
  it('lets what is in a child finish and puts the rest back as if never claimed', async () => {
    const worker = await bench.startWorker({ WORKER_PROCESSES: '1' });
    const gate = join(bench.folder, 'finish');
    const running = await bench.submitFrame({ faces: [], until: gate });
    await waitUntil('the frame is in the child', () => worker.figures()['busy'] === 1);
    const waiting = await bench.submitFrame({ faces: [] });
    await waitUntil(
      'the next frame is claimed',
      async () => (await bench.stateOf('recognition', waiting)).attempts === 1,
    );

    await worker.runPhase('stop-intake');
    expect(
      await waitUntil('it is put back', async () => {
        const state = await bench.stateOf('recognition', waiting);
        return state.status === 'queued' ? state : false;
      }),
    ).toMatchObject({ attempts: 0, claimed_by: null });
    await writeFile(gate, '');
    await worker.stop();

    expect((await bench.stateOf('recognition', running)).status).toBe('completed');
    expect((await bench.stateOf('recognition', waiting)).status).toBe('queued');
    await bench.startWorker();
    expect((await bench.endOf('recognition', waiting)).status).toBe('completed');
  });

  it('takes its heartbeat away', async () => {
    const worker = await bench.startWorker();
    const beats = async () =>
      (await bench.db.owner.query('select from worker_heartbeats where worker_id = $1', [worker.workerId])).rowCount;
    await waitUntil('the worker beats', async () => (await beats()) === 1);
    await worker.stop();
    expect(await beats()).toBe(0);
  });
});

describe('missing models', () => {
  it('stop the start with the file and the command', async () => {
    const realChild = new URL('../dist/pipeline/pipeline-child.js', import.meta.url);
    const starting = bench.startWorker({ MODEL_PATH: join(bench.folder, 'no-models') }, realChild);
    await expect(starting).rejects.toThrow(/no-models.*npm run/);
  });

  it('found while running end the worker and cost the frame nothing', async () => {
    const worker = await bench.startWorker();
    const frame = await bench.submitFrame({ do: 'broken' });
    await waitUntil('the worker says so', () => worker.broken.length > 0);
    expect(worker.broken[0]).toBe('MODEL_MISSING');
    await worker.stop();
    expect(await bench.stateOf('recognition', frame)).toMatchObject({ status: 'queued', attempts: 0 });
  });

  it('of another dimension are refused', async () => {
    await expect(bench.startWorker({ EMBEDDING_DIM: '512' })).rejects.toThrow(/EMBEDDING_DIM is 512/);
  });
});

describe('a storage folder that is empty although the database names objects', () => {
  it('stops the start, and is left as it was for the disk to be mounted', async () => {
    await bench.submitFrame({ faces: [] });
    const bare = join(bench.folder, 'bare');
    await mkdir(bare);
    const starting = bench.startWorker({ STORAGE_ROOT: bare });
    await expect(starting).rejects.toMatchObject({ code: 'STORAGE_NOT_THERE' });
    expect(await readdir(bare)).toEqual([]);
  });
});
