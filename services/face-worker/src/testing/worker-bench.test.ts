import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLocalObjectStore, createStorageGuard, newObjectKey, type ObjectStore } from '@rollcall/object-store';
import { readInstallationId, readNamedObjects, withOrganization } from '@rollcall/postgres';
import { createSystemLog, type ServicePhase, type ShutdownHook } from '@rollcall/service-kit';
import {
  buildOrganization,
  buildSource,
  buildUser,
  createTestDatabase,
  submitRecognition,
  waitUntil,
  type TestDatabase,
} from '@rollcall/testkit';
import { v7 as uuidV7 } from 'uuid';
import { startFaceWorker, type FaceWorker } from '../composition-root.js';
import { loadFaceWorkerConfig } from '../config.js';
import { recordingLogger } from './memory-gallery-source.test.js';

/** What the scripted child makes of an image; see fixtures/scripted-child.mjs. */
export interface Script {
  readonly faces?: readonly { readonly person: string; readonly like?: number; readonly size?: number }[];
  /** File that has to exist before the child goes on. */
  readonly until?: string;
  readonly do?: 'crash' | 'abort' | 'spin' | 'refuse' | 'broken';
}

export interface BenchWorker extends FaceWorker {
  readonly log: ReturnType<typeof recordingLogger>['lines'];
  readonly broken: string[];
  /** All phases of a shutdown. */
  stop(): Promise<void>;
  /** Up to and with this phase only. */
  runPhase(phase: ServicePhase): Promise<void>;
}

export interface Ending {
  readonly status: string;
  readonly reason: string | null;
  readonly attempts: number;
  readonly gallery_version: string | null;
}

const scriptedChild = new URL('../../fixtures/scripted-child.mjs', import.meta.url);
export const SCRIPTED_DIMENSION = 64;

/** A database, a folder and workers to try things on. */
export class WorkerBench {
  readonly workers: BenchWorker[] = [];

  private constructor(
    readonly db: TestDatabase,
    readonly folder: string,
    readonly objects: ObjectStore,
    readonly organizationId: string,
    readonly source: Awaited<ReturnType<typeof buildSource>>,
  ) {}

  static async open(): Promise<WorkerBench> {
    const db = await createTestDatabase();
    const folder = await mkdtemp(join(tmpdir(), 'rollcall-worker-'));
    const objects = createLocalObjectStore({ root: join(folder, 'objects'), durable: false });
    const { id } = await buildOrganization(db.owner);
    // As the gateway, which was there first.
    await createStorageGuard({
      root: join(folder, 'objects'),
      installation: () => readInstallationId(db.owner),
      namedObjects: () => readNamedObjects(db.owner),
    }).verify();
    return new WorkerBench(db, folder, objects, id, await buildSource(db.owner, id));
  }

  async close(): Promise<void> {
    for (const worker of this.workers.splice(0)) await worker.stop();
    await this.db.close();
    await rm(this.folder, { recursive: true, force: true });
  }

  /** Starts a worker in this process, with scripted children unless told otherwise. */
  async startWorker(
    env: Readonly<Record<string, string>> = {},
    childModule: URL | undefined = scriptedChild,
  ): Promise<BenchWorker> {
    const config = loadFaceWorkerConfig({
      DATABASE_URL: this.db.systemUrl,
      STORAGE_ROOT: join(this.folder, 'objects'),
      FAISS_INDEX_PATH: join(this.folder, 'galleries'),
      EMBEDDING_DIM: String(SCRIPTED_DIMENSION),
      WORKER_PROCESSES: '2',
      PIPELINE_DEADLINE_MS: '30000',
      NODE_ENV: 'test',
      ...env,
    });
    const logger = recordingLogger();
    const hooks: { phase: ServicePhase; run: ShutdownHook['run'] }[] = [];
    const done = new Set<ServicePhase>();
    const broken: string[] = [];
    const runPhase = async (phase: ServicePhase): Promise<void> => {
      if (done.has(phase)) return;
      done.add(phase);
      const signal = new AbortController().signal;
      await Promise.all(hooks.filter((hook) => hook.phase === phase).map(async ({ run }) => run(signal)));
    };
    const stop = async (): Promise<void> => {
      for (const phase of ['announce', 'stop-intake', 'drain', 'close'] as const) await runPhase(phase);
    };
    try {
      const worker = await startFaceWorker(config, {
        logger,
        version: '0.0.0-test',
        systemLog: createSystemLog(),
        onShutdown: (phase, _name, run) => hooks.push({ phase, run }),
        onBroken: ({ code }) => broken.push(code),
        childModule,
      });
      const started = { ...worker, log: logger.lines, broken, stop, runPhase };
      this.workers.push(started);
      return started;
    } catch (error) {
      await stop();
      throw error;
    }
  }

  async putImage(image: Script | Uint8Array): Promise<string> {
    const key = newObjectKey(this.organizationId, new Date());
    await this.objects.put(key, image instanceof Uint8Array ? image : Buffer.from(JSON.stringify(image)));
    return key;
  }

  /** Puts a frame into the queue; its id. */
  async submitFrame(
    image: Script | Uint8Array | { readonly imageKey: string },
    given: { readonly mode?: 'group' } = {},
  ): Promise<string> {
    const image_key = 'imageKey' in image ? image.imageKey : await this.putImage(image);
    const { id } = await submitRecognition(this.db.gateway, this.source, { ...given, image_key });
    return id;
  }

  async newUser(fullName = 'Ada Example'): Promise<string> {
    return (await buildUser(this.db.owner, this.organizationId, { fullName })).id;
  }

  /** Puts a registration into the queue; its id. */
  async submitRegistration(userId: string, images: readonly (Script | Uint8Array)[]): Promise<string> {
    const id = uuidV7();
    const item = {
      ...{ id, organization_id: this.organizationId, event_id: uuidV7(), user_id: userId },
      ...{ principal: `user:${uuidV7()}`, route: 'POST /faces/register', idempotency_key: null, body_hash: null },
      ...{ requested_by: `user:${uuidV7()}`, correlation_id: uuidV7(), received_at: new Date().toISOString() },
      images: await Promise.all(
        images.map(async (image, index) => ({
          ...{ index, object_key: await this.putImage(image), sha256: '00', content_type: 'image/jpeg' },
          ...{ byte_size: 1, width: 1, height: 1 },
        })),
      ),
    };
    await withOrganization(this.db.gateway, this.organizationId, (client) =>
      client.query('select submit_registration($1)', [JSON.stringify(item)]),
    );
    return id;
  }

  /** Enrols a person from three scripted images and waits until it is done; the user's id. */
  async enrol(person: string): Promise<string> {
    const userId = await this.newUser(person);
    const image: Script = { faces: [{ person }] };
    const ending = await this.endOf('registration', await this.submitRegistration(userId, [image, image, image]));
    if (ending.status !== 'completed') throw new Error(`${person} was not enrolled: ${ending.status}`);
    return userId;
  }

  /** Erases everything enrolled of a person, as the gateway does. */
  async erase(userId: string): Promise<void> {
    const { rows } = await this.db.owner.query<{ id: string }>('select id from face_embeddings where user_id = $1', [
      userId,
    ]);
    await withOrganization(this.db.gateway, this.organizationId, async (client) => {
      for (const { id } of rows) {
        await client.query('select delete_face($1, $2, $3, $4)', [id, uuidV7(), 'user:test', uuidV7()]);
      }
    });
  }

  /** Waits until a request has ended. */
  async endOf(kind: 'recognition' | 'registration', id: string): Promise<Ending> {
    return waitUntil(`the ${kind} ends`, async () => {
      const ending = await this.stateOf(kind, id);
      return ending.status === 'queued' || ending.status === 'processing' ? false : ending;
    });
  }

  async stateOf(kind: 'recognition' | 'registration', id: string): Promise<Ending & { claimed_by: string | null }> {
    const version = kind === 'recognition' ? 'gallery_version' : 'null as gallery_version';
    const { rows } = await this.db.owner.query<Ending & { claimed_by: string | null }>(
      `select status, reason, attempts, claimed_by, ${version} from ${kind}_requests where id = $1`,
      [id],
    );
    const [row] = rows;
    if (row === undefined) throw new Error(`there is no ${kind} ${id}`);
    return row;
  }

  /** Ends a frame and tells who was seen in it: user ids in the order of the faces, null for nobody. */
  async whoIsIn(frameId: string): Promise<(string | null)[]> {
    const ending = await this.endOf('recognition', frameId);
    if (ending.status !== 'completed') throw new Error(`the frame ended ${ending.status}: ${ending.reason ?? ''}`);
    return (await this.facesOf(frameId)).map(({ decision, user_id }) => (decision === 'match' ? user_id : null));
  }

  async facesOf(frameId: string) {
    const { rows } = await this.db.owner.query<{
      readonly decision: string;
      readonly reason: string | null;
      readonly user_id: string | null;
      readonly crop_key: string | null;
      readonly embedding: Buffer | null;
      readonly review_kind: string | null;
    }>(
      `select decision, reason, recognized_faces.user_id, crop_key, embedding, reviews.kind as review_kind
       from recognized_faces left join reviews on recognized_face_id = recognized_faces.id
       where recognition_id = $1 order by face_index`,
      [frameId],
    );
    return rows;
  }

  async eventTypes(subject: string): Promise<string[]> {
    const { rows } = await this.db.owner.query<{ type: string }>(
      'select type from events where subject = $1 order by epoch, xid, position',
      [subject],
    );
    return rows.map(({ type }) => type);
  }

  /** Keys of everything in the object store. */
  async storedKeys(): Promise<string[]> {
    const keys: string[] = [];
    for await (const { key } of this.objects.list()) keys.push(key);
    return keys;
  }
}
