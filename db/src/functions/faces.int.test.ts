import { validateEvent } from '@rollcall/contracts';
import { withOrganization } from '@rollcall/postgres';
import {
  buildFace,
  buildOrganization,
  buildSource,
  buildUser,
  createTestDatabase,
  matchingFace,
  queryValue,
  recognitionResult,
  resultFace,
  submitRecognition,
  TEST_MODEL,
  type BuiltOrganization,
  type BuiltUser,
  type TestDatabase,
} from '@rollcall/testkit';
import { v7 as uuidV7 } from 'uuid';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';

let db: TestDatabase;
let organization: BuiltOrganization;
let user: BuiltUser;

beforeAll(async () => {
  db = await createTestDatabase();
});
afterAll(() => db.close());
beforeEach(async () => {
  organization = await buildOrganization(db.owner);
  user = await buildUser(db.owner, organization.id);
});

async function gallery(): Promise<{ version: number; faces: number; rows: number; changes: string[] }> {
  const { rows } = await db.owner.query<{ version: number; faces: number; rows: number; changes: string[] }>(
    `select version::int, face_count as faces,
       (select count(*)::int from face_embeddings where organization_id = $1) as rows,
       (select array_agg(version || ':' || op order by version, faiss_id) from gallery_changes where organization_id = $1) as changes
     from galleries where organization_id = $1 and model_id = $2`,
    [organization.id, TEST_MODEL],
  );
  return rows[0] ?? { version: 0, faces: 0, rows: 0, changes: [] };
}

describe('add_faces and remove_faces', () => {
  it('raise the version with each change and name every face of it', async () => {
    const [one, two] = [await buildFace(db.owner, user), await buildFace(db.owner, user)];
    expect(await gallery()).toEqual({ version: 2, faces: 2, rows: 2, changes: ['1:add', '2:add'] });
    await db.owner.query('select remove_faces($1, $2)', [organization.id, [one.id, two.id]]);
    expect(await gallery()).toEqual({
      version: 3,
      faces: 0,
      rows: 0,
      changes: ['1:add', '2:add', '3:remove', '3:remove'],
    });
    const doomed = await queryValue(
      db.owner,
      'select array_agg(object_key order by object_key) from object_deletions where organization_id = $1',
      [organization.id],
    );
    expect(doomed).toEqual([one.objectKey, two.objectKey].toSorted());
    expect(
      await queryValue(db.owner, 'select count(*)::int from face_images where organization_id = $1', [organization.id]),
    ).toBe(0);
  });

  it('leave the version alone when there is nothing to remove', async () => {
    await buildFace(db.owner, user);
    expect(await queryValue(db.owner, 'select remove_faces($1, $2)', [organization.id, [uuidV7()]])).toEqual([]);
    expect((await gallery()).version).toBe(1);
  });

  it('give versions in the order of commits', async () => {
    await Promise.all(Array.from({ length: 8 }, () => buildFace(db.owner, user)));
    const { version, changes } = await gallery();
    expect(version).toBe(8);
    expect(changes).toEqual(Array.from({ length: 8 }, (_, index) => `${index + 1}:add`));
  });

  it('take the vectors of sightings along that were taken for an erased face, and no others', async () => {
    const [erased, kept] = [await buildFace(db.owner, user), await buildFace(db.owner, user)];
    const source = await buildSource(db.owner, organization.id);
    const embedding = Buffer.alloc(8).toString('base64');
    const faces = [erased, kept].map((face, index) =>
      matchingFace(face, { index, decision: 'review', embedding, review_id: uuidV7(), review_kind: 'uncertain' }),
    );
    const { id } = await submitRecognition(db.gateway, source);
    const worker = uuidV7();
    await db.system.query(`select claim_recognitions($1, 1, '60 s')`, [worker]);
    const results = JSON.stringify([recognitionResult(id, [...faces, resultFace({ index: 2, embedding })])]);
    await db.system.query('select complete_recognitions($1, $2::jsonb)', [worker, results]);
    await db.owner.query('select remove_faces($1, $2)', [organization.id, [erased.id]]);
    const left = `select array_agg(face_index order by face_index) from recognized_faces where recognition_id = $1 and embedding is not null`;
    expect(await queryValue(db.owner, left, [id])).toEqual([1, 2]);
    await withOrganization(db.gateway, organization.id, (client) =>
      queryValue(client, 'select delete_user($1, $2, $3, $4)', [user.id, uuidV7(), 'user:1', uuidV7()]),
    );
    expect(await queryValue(db.owner, left, [id])).toEqual([2]);
  });

  it('are for no service', async () => {
    const call = 'select remove_faces($1, $2)';
    await expect(db.gateway.query(call, [organization.id, []])).rejects.toThrow('permission denied');
    await expect(db.system.query(call, [organization.id, []])).rejects.toThrow('permission denied');
  });
});

describe('delete_face', () => {
  const call = 'select delete_face($1, $2, $3, $4)';

  it('erases the face with a valid event', async () => {
    const face = await buildFace(db.owner, user);
    const eventId = uuidV7();
    const answer = await withOrganization(db.gateway, organization.id, (client) =>
      queryValue(client, call, [face.id, eventId, 'user:1', uuidV7()]),
    );
    expect(answer).toEqual({ face_id: face.id, user_id: user.id, model_id: TEST_MODEL, gallery_version: 2 });
    const { rows } = await db.owner.query<{ type: 'face.deleted'; payload: unknown }>(
      'select type, payload from events where id = $1',
      [eventId],
    );
    for (const event of rows) validateEvent(event);
    expect(rows).toMatchObject([{ type: 'face.deleted', payload: { face_id: face.id } }]);
  });

  it('finds nothing twice, nothing of another organization, and nothing without one', async () => {
    const face = await buildFace(db.owner, user);
    const values = [face.id, uuidV7(), 'user:1', uuidV7()];
    const other = await buildOrganization(db.owner);
    expect(await withOrganization(db.gateway, other.id, (client) => queryValue(client, call, values))).toBeNull();
    expect(await queryValue(db.gateway, call, values)).toBeNull();
    expect((await gallery()).rows).toBe(1);
    expect(
      await withOrganization(db.gateway, organization.id, (client) => queryValue(client, call, values)),
    ).not.toBeNull();
    expect(
      await withOrganization(db.gateway, organization.id, (client) => queryValue(client, call, values)),
    ).toBeNull();
  });
});

describe('delete_user', () => {
  const call = 'select delete_user($1, $2, $3, $4)';

  it('takes sign-in, PIN and faces, frees e-mail and code, and keeps the row', async () => {
    const colleague = await buildUser(db.owner, organization.id);
    await db.owner.query(
      `insert into user_pins (user_id, organization_id, pin_hash, set_by) select id, organization_id, 'hash', id from users where id in ($1, $2)`,
      [user.id, colleague.id],
    );
    const face = await buildFace(db.owner, user);
    await db.owner.query(`update user_profiles set employee_code = 'E1' where user_id = $1`, [user.id]);
    const eventId = uuidV7();
    const answer = await withOrganization(db.gateway, organization.id, (client) =>
      queryValue(client, call, [user.id, eventId, 'user:1', uuidV7()]),
    );
    expect(answer).toEqual({ user_id: user.id, face_ids: [face.id] });
    expect(await gallery()).toMatchObject({ faces: 0, rows: 0, changes: ['1:add', '2:remove'] });
    const { rows } = await db.owner.query(
      'select is_deleted, is_active, password_hash, token_generation from users where id = $1',
      [user.id],
    );
    expect(rows).toEqual([{ is_deleted: true, is_active: false, password_hash: null, token_generation: 2 }]);
    const pins = 'select array_agg(user_id) from user_pins where organization_id = $1';
    expect(await queryValue(db.owner, pins, [organization.id])).toEqual([colleague.id]);
    await buildUser(db.owner, organization.id, { email: user.email });
    const events = await db.owner.query<{ type: 'user.deleted'; payload: unknown }>(
      'select type, payload from events where id = $1',
      [eventId],
    );
    expect(events.rows).toHaveLength(1);
    for (const event of events.rows) validateEvent(event);
  });

  it('finds nobody twice and nobody of another organization', async () => {
    const values = [user.id, uuidV7(), 'user:1', uuidV7()];
    const other = await buildOrganization(db.owner);
    expect(await withOrganization(db.gateway, other.id, (client) => queryValue(client, call, values))).toBeNull();
    expect(
      await withOrganization(db.gateway, organization.id, (client) => queryValue(client, call, values)),
    ).not.toBeNull();
    expect(
      await withOrganization(db.gateway, organization.id, (client) => queryValue(client, call, values)),
    ).toBeNull();
  });
});
