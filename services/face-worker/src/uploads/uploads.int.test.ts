import { fileURLToPath } from 'node:url';
import { withOrganization } from '@rollcall/postgres';
import { enrolmentImages } from '@rollcall/sample-photos';
import { waitUntil } from '@rollcall/testkit';
import { v7 as uuidV7 } from 'uuid';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { WorkerBench, type Script } from '../testing/worker-bench.test.js';

let bench: WorkerBench;
beforeAll(async () => {
  bench = await WorkerBench.open();
});
afterAll(() => bench.close());
afterEach(async () => {
  for (const worker of bench.workers.splice(0)) await worker.stop();
});

async function upload(image: Script | Uint8Array): Promise<string> {
  const [id, key] = [uuidV7(), await bench.putImage(image)];
  await withOrganization(bench.db.gateway, bench.organizationId, async (client) => {
    await client.query(
      `insert into uploaded_images (id, organization_id, uploaded_by, object_key, sha256, content_type, byte_size, width, height, expires_at)
       values ($1, $2, 'user:1', $3, '\\x00', 'image/jpeg', 1, 1, 1, now() + interval '1 day')`,
      [id, bench.organizationId, key],
    );
    await client.query("select pg_notify('rollcall_uploads', '')");
  });
  return id;
}

interface Row {
  readonly status: string;
  readonly reason: string | null;
  readonly attempts: number;
  readonly verdict: { readonly fit: boolean; readonly code: string | null; readonly face_count: number } | null;
}

async function read(id: string): Promise<Row | undefined> {
  const { rows } = await bench.db.owner.query<Row>('select * from uploaded_images where id = $1', [id]);
  return rows[0];
}

const endOf = (id: string) =>
  waitUntil('the verdict on an image', async () => {
    const row = await read(id);
    return row !== undefined && (row.status === 'completed' || row.status === 'failed') ? row : undefined;
  });

describe('an uploaded image', () => {
  it('is judged as an enrolment would judge it', async () => {
    await bench.startWorker();
    const [one, two, none] = await Promise.all([
      upload({ faces: [{ person: 'ann' }] }),
      upload({ faces: [{ person: 'ann' }, { person: 'bob' }] }),
      upload({ faces: [] }),
    ]);
    expect((await endOf(one)).verdict).toMatchObject({ fit: true, code: null, face_count: 1 });
    expect((await endOf(two)).verdict).toMatchObject({ fit: false, code: 'MULTIPLE_FACES', face_count: 2 });
    expect((await endOf(none)).verdict).toMatchObject({ fit: false, code: 'NO_FACE', face_count: 0 });
  });

  it('that cannot be read has that for a verdict', async () => {
    await bench.startWorker();
    expect(await endOf(await upload({ do: 'refuse' }))).toMatchObject({
      status: 'completed',
      verdict: { fit: false, code: 'IMAGE_DAMAGED' },
    });
  });

  it('that kills its child fails after three tries, and the next one is judged', async () => {
    await bench.startWorker();
    const poisoned = await upload({ do: 'crash' });
    const good = await upload({ faces: [{ person: 'ann' }] });
    expect((await endOf(good)).verdict?.fit).toBe(true);
    expect(await endOf(poisoned)).toMatchObject({ status: 'failed', reason: 'PIPELINE_CRASHED', attempts: 3 });
  });

  it('of a worker that was lost is judged by another, and what the lost one writes is refused', async () => {
    const id = await upload({ faces: [{ person: 'ann' }] });
    const lost = uuidV7();
    await bench.db.system.query("select * from claim_uploaded_images($1, 10, '60 s')", [lost]);
    await bench.db.owner.query("update uploaded_images set claimed_until = now() - interval '1 second' where id = $1", [
      id,
    ]);
    await bench.startWorker();
    expect(await endOf(id)).toMatchObject({ status: 'completed', attempts: 2 });
    const late = await bench.db.system.query<{ answer: string }>(
      "select complete_uploaded_image($1, $2, null, 'LATE', false, false) as answer",
      [lost, id],
    );
    expect(late.rows[0]?.answer).toBe('lost');
  });

  it('is looked at by the real pipeline', async () => {
    const models = fileURLToPath(new URL('../../../../models', import.meta.url));
    const child = new URL('../../dist/pipeline/pipeline-child.js', import.meta.url);
    await bench.startWorker({ MODEL_PATH: models, EMBEDDING_DIM: '512' }, child);
    const [photo] = await enrolmentImages('person-a');
    const [good, bad] = await Promise.all([
      upload(photo?.bytes ?? Buffer.alloc(0)),
      upload(Buffer.from('a text that calls itself a photo')),
    ]);
    expect((await endOf(good)).verdict).toMatchObject({ fit: true, code: null, face_count: 1 });
    expect((await endOf(bad)).verdict).toMatchObject({ fit: false, code: 'IMAGE_UNSUPPORTED' });
  });

  it('is given to one of two workers that claim at once', async () => {
    await Promise.all([upload({ faces: [] }), upload({ faces: [] })]);
    const claims = await Promise.all(
      [uuidV7(), uuidV7()].map((worker) =>
        bench.db.system.query<{ id: string }>("select id from claim_uploaded_images($1, 10, '60 s')", [worker]),
      ),
    );
    const ids = claims.flatMap(({ rows }) => rows.map(({ id }) => id));
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids).toHaveLength(2);
    await bench.db.owner.query('delete from uploaded_images');
  });
});
