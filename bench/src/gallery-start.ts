// How soon a large gallery is searchable after a start: `node bench/dist/gallery-start.js [faces]` enrols generated faces (100,000
// embeddings of 512 numbers unless told otherwise) in a throwaway database, has a face worker make its snapshot, starts it
// again, and prints how long the worker's process, its models and the gallery took. Ends with 1 when the gallery took more than
// 2 s from ready to searchable, or when another number of embeddings was loaded than there is.
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createLocalObjectStore, newObjectKey } from '@rollcall/object-store';
import { frames } from '@rollcall/sample-photos';
import {
  buildManyFaces,
  buildOrganization,
  buildSource,
  buildUser,
  startCluster,
  submitRecognition,
  waitUntil,
  type TestDatabase,
} from '@rollcall/testkit';
import { Limits } from './limits.js';

const root = fileURLToPath(new URL('../..', import.meta.url));
const limits = new Limits();
const [faces = 100_000] = process.argv.slice(2).map(Number);

await measure(faces);

async function measure(count: number): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'rollcall-gallery-start-'));
  const cluster = await startCluster();
  const db = await cluster.createDatabase();
  let worker = startWorker(db, folder);
  try {
    const { id: organizationId } = await buildOrganization(db.owner);
    const { id: userId } = await buildUser(db.owner, organizationId, { fullName: 'Many Faces' });
    const model = await waitUntil('the worker has named its model', async () => {
      const { rows } = await db.owner.query<{ id: string; dimension: number }>('select id, dimension from face_models');
      return rows[0];
    });
    await buildManyFaces(db.owner, {
      organizationId,
      userId,
      modelId: model.id,
      dimension: model.dimension,
      faces: count,
    });
    const first = performance.now();
    await sendFrame(db, folder, organizationId);
    await waitUntil('the frame is decided', async () => {
      const { rowCount } = await db.owner.query("select from recognition_requests where status = 'completed'");
      return rowCount === 1;
    });
    console.log(`built from the table, with the first frame's answer: ${seconds(performance.now() - first)}`);
    await stop(worker);

    const started = performance.now();
    worker = startWorker(db, folder);
    const loaded = /"galleries":1,"faces":(\d+),"took_ms":(\d+)/;
    const [, found, took] = await waitUntil('the gallery is loaded', () => loaded.exec(worker.output()) ?? undefined);
    console.log(
      `${found ?? ''} embeddings of ${String(model.dimension)} numbers: searchable ${seconds(performance.now() - started)} after the ` +
        `process began; what the gallery did not take loads models`,
    );
    console.log(limits.atLeast('embeddings loaded', Number(found), count));
    console.log(limits.atMost('the gallery, from ready to searchable', Number(took) / 1_000, 2, ' s'));
    process.exitCode = limits.tell(console.log);
  } finally {
    await stop(worker);
    await db.close().catch(console.error);
    await cluster.close();
    await rm(folder, { recursive: true, force: true });
  }
}

async function sendFrame(db: TestDatabase, folder: string, organizationId: string): Promise<void> {
  const [frame] = await frames();
  if (frame === undefined) throw new Error('there are no sample photos');
  const image_key = newObjectKey(organizationId, new Date());
  await createLocalObjectStore({ root: join(folder, 'objects') }).put(image_key, frame.bytes);
  await submitRecognition(db.gateway, await buildSource(db.owner, organizationId), { image_key });
}

interface Worker {
  readonly child: ChildProcess;
  readonly output: () => string;
}

function startWorker(db: TestDatabase, folder: string): Worker {
  const child = spawn(process.execPath, [join(root, 'services/face-worker/dist/main.js')], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: {
      NODE_ENV: 'production',
      PATH: '/usr/bin:/bin',
      DATABASE_URL: db.systemUrl,
      STORAGE_ROOT: join(folder, 'objects'),
      FAISS_INDEX_PATH: join(folder, 'galleries'),
      MODEL_PATH: join(root, 'models'),
      WORKER_PROCESSES: '1',
    },
  });
  let text = '';
  child.stdout.on('data', (chunk: Buffer) => (text += chunk.toString()));
  return { child, output: () => text };
}

async function stop({ child }: Worker): Promise<void> {
  if (child.exitCode !== null) return;
  child.kill('SIGTERM');
  await once(child, 'exit');
}

function seconds(milliseconds: number): string {
  return `${(milliseconds / 1_000).toFixed(2)} s`;
}
