import { createLocalObjectStore, newObjectKey } from '@rollcall/object-store';
import {
  buildFace,
  buildOrganization,
  buildSource,
  buildUser,
  recognitionResult,
  resultFace,
  submitRecognition,
  TEST_MODEL,
  unitVector,
  type ResultFace,
  type TestDatabase,
} from '@rollcall/testkit';
import { v7 as uuidV7 } from 'uuid';
import { buildPrincipal, type TestGateway } from '../../../testing/test-gateway.test.js';

/** A JPEG of 1 × 1 pixel. */
export const TINY_JPEG = Buffer.from(
  '/9j/4AAQSkZJRgABAQEASABIAAD/2wBDAP//////////////////////////////////////////////////////////////////////////////////////wgALCAABAAEBAREA/8QAFBABAAAAAAAAAAAAAAAAAAAAAP/aAAgBAQABPxA=',
  'base64',
);

/** An organization with people and a camera, and sightings that wait for a person as the face worker leaves them. */
export async function buildReviewScene(database: TestDatabase, gateway: TestGateway) {
  const { id: organizationId } = await buildOrganization(database.owner);
  const operator = await buildPrincipal(database, organizationId, 'OPERATOR');
  const ada = await buildUser(database.owner, organizationId, { fullName: 'Ada' });
  const ben = await buildUser(database.owner, organizationId, { fullName: 'Ben' });
  const adasFace = await buildFace(database.owner, ada);
  const source = await buildSource(database.owner, organizationId);
  const objects = createLocalObjectStore({ root: gateway.storageRoot, durable: false });
  const embedding = Buffer.from(unitVector(512, 7).buffer).toString('base64');

  async function storeCrop(): Promise<string> {
    const key = newObjectKey(organizationId, new Date());
    await objects.put(key, TINY_JPEG);
    return key;
  }

  /** A frame with one stranger, unless given otherwise; the review's id. */
  async function see(given: Partial<ResultFace> & { readonly at?: string } = {}): Promise<string> {
    const { at = '2025-03-03T09:00:00.000Z', ...face } = given;
    const frame = await submitRecognition(database.gateway, source, { captured_at: at });
    const worker = uuidV7();
    await database.system.query(`select claim_recognitions($1, 100, '60 s')`, [worker]);
    const review_id = uuidV7();
    const seen = resultFace({
      ...{ embedding, review_id, review_kind: 'unknown', crop_key: await storeCrop(), crop_sha256: '00' },
      ...face,
    });
    const results = JSON.stringify([recognitionResult(frame.id, [seen])]);
    await database.system.query('select complete_recognitions($1, $2::jsonb)', [worker, results]);
    return review_id;
  }

  return {
    ...{ organizationId, operator, ada, ben, source, objects, see },
    /** Somebody who resembles Ada a little, and Ben less. */
    seeDouble: (given: Parameters<typeof see>[0] = {}) =>
      see({
        ...{ decision: 'review', reason: 'BELOW_MATCH_THRESHOLD', user_id: ada.id, face_id: adasFace.id },
        ...{ similarity: 0.42, margin: 0.2, runner_up_user_id: ben.id, runner_up_similarity: 0.22 },
        ...{ review_kind: 'uncertain', ...given },
      }),
    /** Puts sightings of strangers into one group; its id. */
    async group(...reviewIds: string[]): Promise<string> {
      const id = uuidV7();
      const groups = [{ id, is_new: true, model_id: TEST_MODEL, best_review_id: reviewIds[0], review_ids: reviewIds }];
      await database.system.query('select group_sightings($1, $2::jsonb)', [organizationId, JSON.stringify(groups)]);
      return id;
    },
    async facesOf(userId: string) {
      const { rows } = await database.owner.query<{ id: string; object_key: string; from_sighting: boolean }>(
        `select e.id, i.object_key, e.recognized_face_id is not null as from_sighting
         from face_embeddings e join face_images i on i.id = e.face_image_id where e.user_id = $1 order by e.created_at`,
        [userId],
      );
      return rows;
    },
    async events(type: string) {
      const { rows } = await database.owner.query<{ id: string; actor: string; payload: Record<string, unknown> }>(
        'select id, actor, payload from events where organization_id = $1 and type = $2 order by epoch, xid, position',
        [organizationId, type],
      );
      return rows;
    },
  };
}

export type ReviewScene = Awaited<ReturnType<typeof buildReviewScene>>;
