import { mkdtemp, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  createLocalObjectStore,
  createStorageGuard,
  newObjectKey,
  STORAGE_MARKER,
  type ObjectStore,
} from '@rollcall/object-store';
import { readInstallationId, readNamedObjects } from '@rollcall/postgres';
import { systemClock } from '@rollcall/service-kit';
import {
  buildFace,
  buildOrganization,
  buildSource,
  buildUser,
  createTestDatabase,
  queryValue,
  recognitionItem,
  submitRecognition,
  type BuiltOrganization,
  type TestDatabase,
} from '@rollcall/testkit';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { objectColumns } from '../data-access/object-owners.js';
import { findOrphanObjects } from './find-orphan-objects.js';
import { createScheduledTasks } from './scheduled-tasks.js';
import { sweepObjectDeletions } from './sweep-object-deletions.js';

const signal = new AbortController().signal;
const hour = 60 * 60_000;

let db: TestDatabase;
let root: string;
let objects: ObjectStore;
let organization: BuiltOrganization;

beforeAll(async () => {
  db = await createTestDatabase();
  root = await mkdtemp(join(tmpdir(), 'rollcall-objects-'));
  objects = createLocalObjectStore({ root, durable: false });
});
afterAll(async () => {
  await rm(root, { recursive: true, force: true });
  await db.close();
});
beforeEach(async () => {
  organization = await buildOrganization(db.owner);
  await db.owner.query('delete from object_deletions');
});

/** Stores an object that was named and written so long ago. */
async function store(ageMs: number, key?: string): Promise<string> {
  const at = new Date(Date.now() - ageMs);
  const named = key ?? newObjectKey(organization.id, at);
  await objects.put(named, Buffer.from('image'));
  await utimes(join(root, named), at, at);
  return named;
}

async function requestDeletion(key: string): Promise<void> {
  await db.owner.query('insert into object_deletions (object_key, organization_id) values ($1, $2)', [
    key,
    organization.id,
  ]);
}

describe('sweeping deletions', () => {
  it('deletes the object, then the note; one that is gone already is done too', async () => {
    const [stored, gone] = [await store(0), newObjectKey(organization.id, new Date())];
    await requestDeletion(stored);
    await requestDeletion(gone);
    expect(await sweepObjectDeletions(db.system, objects, signal)).toEqual({ deleted: 2, failed: 0, spared: 0 });
    expect(await objects.exists(stored)).toBe(false);
    expect(await queryValue(db.system, 'select count(*)::int from object_deletions')).toBe(0);
  });

  it('keeps the note of what cannot be deleted, and tries again 2, 4, 8 … minutes later', async () => {
    const key = await store(0);
    await requestDeletion(key);
    const broken: ObjectStore = { ...objects, delete: () => Promise.reject(new Error('read-only file system')) };
    expect(await sweepObjectDeletions(db.system, broken, signal)).toEqual({ deleted: 0, failed: 1, spared: 0 });
    const { rows } = await db.system.query('select attempts, last_error from object_deletions');
    expect(rows).toEqual([{ attempts: 1, last_error: 'read-only file system' }]);

    const later = async (minutes: number) => {
      await db.owner.query("update object_deletions set requested_at = now() - $1 * interval '1 minute'", [minutes]);
      return sweepObjectDeletions(db.system, broken, signal);
    };
    expect(await later(1)).toEqual({ deleted: 0, failed: 0, spared: 0 });
    expect(await later(3)).toEqual({ deleted: 0, failed: 1, spared: 0 });
    expect(await later(3)).toEqual({ deleted: 0, failed: 0, spared: 0 });
    expect(await later(5)).toEqual({ deleted: 0, failed: 1, spared: 0 });
    expect(await objects.exists(key)).toBe(true);
  });

  it('goes on past one that fails, also over more than a page', async () => {
    const keys = await Promise.all(Array.from({ length: 230 }, () => store(0)));
    for (const key of keys) await requestDeletion(key);
    const picky: ObjectStore = {
      ...objects,
      delete: (key) => (key === keys[7] ? Promise.reject(new Error('busy')) : objects.delete(key)),
    };
    expect(await sweepObjectDeletions(db.system, picky, signal)).toEqual({ deleted: 229, failed: 1, spared: 0 });
  });
});

describe('looking for orphans', () => {
  it('has objects deleted that no row owns, and only when they are older than an hour', async () => {
    const source = await buildSource(db.owner, organization.id);
    const user = await buildUser(db.owner, organization.id);
    const frame = recognitionItem(source);
    const key = await store(2 * hour);
    await submitRecognition(db.gateway, source, { ...frame, image_key: key });
    await db.owner.query(
      "update recognition_requests set received_at = now() - interval '2 hours' where image_key = $1",
      [key],
    );
    const face = await buildFace(db.owner, user);
    const enrolled = await store(
      3 * hour,
      face.objectKey.replace('2025-03', new Date(Date.now() - 3 * hour).toISOString().slice(0, 7)),
    );
    await db.owner.query('update face_images set object_key = $2 where object_key = $1', [face.objectKey, enrolled]);
    const registered = await store(2 * hour);
    await db.owner.query(
      `insert into registration_requests (id, organization_id, user_id, requested_by, correlation_id, request_event_id, images)
       values (gen_random_uuid(), $1, $2, 'user:1', gen_random_uuid(), gen_random_uuid(), $3)`,
      [organization.id, user.id, JSON.stringify([{ index: 0, object_key: registered }])],
    );
    const orphan = await store(2 * hour);
    const young = await store(hour / 2);

    expect(await findOrphanObjects(db.system, objects, signal)).toMatchObject({ orphans: 1 });
    const { rows } = await db.system.query('select object_key from object_deletions');
    expect(rows).toEqual([{ object_key: orphan }]);
    await sweepObjectDeletions(db.system, objects, signal);
    const kept = await Promise.all([key, enrolled, registered, young, orphan].map((name) => objects.exists(name)));
    expect(kept).toEqual([true, true, true, true, false]);
  });

  it('asks once more right before it deletes, and spares what a row owns by then', async () => {
    const [late, orphan] = [await store(2 * hour), await store(2 * hour)];
    await findOrphanObjects(db.system, objects, signal);
    const source = await buildSource(db.owner, organization.id);
    const frame = recognitionItem(source);
    const receivedAt = new Date(Date.now() - 2 * hour).toISOString();
    await submitRecognition(db.gateway, source, {
      ...frame,
      ...{ received_at: receivedAt, image_key: late },
    });
    expect(await sweepObjectDeletions(db.system, objects, signal)).toEqual({ deleted: 1, failed: 0, spared: 1 });
    expect([await objects.exists(late), await objects.exists(orphan)]).toEqual([true, false]);
    expect(await queryValue(db.system, 'select count(*)::int from object_deletions')).toBe(0);
  });

  it('goes by the clock that dated the objects, not by that of the projector', async () => {
    const young = await store(hour / 2);
    const tasks = createScheduledTasks({
      ...{ pool: db.system, objects, storageRoot: root, storage: { verify: () => Promise.resolve() } },
      clock: { ...systemClock, now: () => new Date(Date.now() + hour) },
      logger: { warn: () => undefined },
      eventLog: { eventsPerPartition: 1_000_000, retentionDays: 0, archiveFolder: join(root, 'event-archive') },
    });
    await tasks.find(({ name }) => name === 'find-orphan-objects')?.run(signal);
    expect(await queryValue(db.system, 'select count(*)::int from object_deletions')).toBe(0);
    expect(await objects.exists(young)).toBe(true);
  });

  it('leaves alone what belongs to organizations of another installation', async () => {
    const foreign = newObjectKey('0198c0de-7a11-7c00-8000-0000000000ff', new Date(Date.now() - 2 * hour));
    await store(2 * hour, foreign);
    await findOrphanObjects(db.system, objects, signal);
    expect(await objects.exists(foreign)).toBe(true);
    expect(
      await queryValue(db.system, 'select count(*)::int from object_deletions where object_key = $1', [foreign]),
    ).toBe(0);
  });

  it('deletes nothing at all, by no task, in a folder of another installation', async () => {
    const storage = createStorageGuard({
      root,
      installation: () => readInstallationId(db.system),
      namedObjects: () => readNamedObjects(db.system),
    });
    const tasks = createScheduledTasks({
      ...{ pool: db.system, objects, storage, storageRoot: root, clock: systemClock },
      logger: { warn: () => undefined },
      eventLog: { eventsPerPartition: 1_000_000, retentionDays: 1, archiveFolder: join(root, 'event-archive') },
    });
    const run = (name: string) => tasks.find((task) => task.name === name)?.run(signal);
    const [orphan, doomed] = [await store(2 * hour), await store(0)];
    await requestDeletion(doomed);
    await writeFile(join(root, STORAGE_MARKER), '{"installation":"another"}');
    for (const name of ['find-orphan-objects', 'sweep-object-deletions', 'retire-events']) {
      await expect(run(name), name).rejects.toThrow('belongs to another installation');
    }
    expect([await objects.exists(orphan), await objects.exists(doomed)]).toEqual([true, true]);
    expect(await queryValue(db.system, 'select count(*)::int from object_deletions')).toBe(1);
    await rm(join(root, STORAGE_MARKER));
    await run('find-orphan-objects');
    await run('sweep-object-deletions');
    expect([await objects.exists(orphan), await objects.exists(doomed)]).toEqual([false, false]);
  });

  it('knows every column that names an object', async () => {
    const { rows } = await db.owner.query<{ name: string }>(
      `select table_name || '.' || column_name as name from information_schema.columns
       where table_schema = 'public' and (column_name in ('object_key', 'images') or column_name ~ '(image|crop|photo|file)_key$')
       order by 1`,
    );
    expect(rows.map(({ name }) => name)).toEqual(objectColumns);
  });
});
