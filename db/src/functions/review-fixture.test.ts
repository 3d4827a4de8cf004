import { withOrganization } from '@rollcall/postgres';
import {
  buildFace,
  buildOrganization,
  buildSource,
  buildUser,
  queryValue,
  recognitionResult,
  resultFace,
  submitRecognition,
  TEST_MODEL,
  unitVector,
  type ResultFace,
  type TestDatabase,
} from '@rollcall/testkit';
import { v7 as uuidV7 } from 'uuid';
import { expect } from 'vitest';

export interface Outcome {
  readonly status: string;
  readonly remembered?: boolean;
  readonly sighting?: Record<string, unknown>;
  readonly sightings?: Record<string, unknown>[];
  readonly faces?: { readonly face_id: string }[];
}

export const operator = uuidV7();
export const embedding = Buffer.from(unitVector(512, 3).buffer).toString('base64');

export type ReviewScene = Awaited<ReturnType<typeof buildReviewScene>>;

/** An organization with Ada, her one face and a camera, what it sees, and what an operator makes of that. */
export async function buildReviewScene(db: TestDatabase) {
  const organization = await buildOrganization(db.owner);
  const ada = await buildUser(db.owner, organization.id);
  const adasFace = await buildFace(db.owner, ada);
  const source = await buildSource(db.owner, organization.id);
  const ofOwner = <Value>(sql: string) => queryValue<Value>(db.owner, sql, [organization.id]);

  function asGateway<Result>(
    sql: string,
    values: readonly unknown[],
    organizationId = organization.id,
  ): Promise<Result> {
    return withOrganization(db.gateway, organizationId, async (client) => {
      return (await queryValue<Result>(client, sql, [...values])) as Result;
    });
  }

  /** A frame with one face that waits for a person; its review's id. */
  async function see(given: Partial<ResultFace>, capturedAt = '2025-03-03T09:00:00Z'): Promise<string> {
    const { id } = await submitRecognition(db.gateway, source, { captured_at: capturedAt });
    const worker = uuidV7();
    await db.system.query(`select claim_recognitions($1, 100, '60 s')`, [worker]);
    const review_id = uuidV7();
    const face = resultFace({ embedding, review_id, review_kind: 'unknown', ...given });
    const { rows } = await db.system.query<{ answers: { status: string }[] }>(
      'select complete_recognitions($1, $2::jsonb) as answers',
      [worker, JSON.stringify([recognitionResult(id, [face])])],
    );
    expect(rows[0]?.answers).toMatchObject([{ status: 'completed' }]);
    return review_id;
  }

  async function group(groups: object[]): Promise<number | undefined> {
    const sql = 'select group_sightings($1, $2::jsonb)';
    return queryValue<number>(db.system, sql, [organization.id, JSON.stringify(groups)]);
  }

  return {
    ...{ organization, ada, adasFace, source, asGateway, see, group },
    seeSomebodyLikeAda: (given: Partial<ResultFace> = {}) =>
      see({
        ...{ decision: 'review', reason: 'BELOW_MATCH_THRESHOLD', user_id: ada.id, face_id: adasFace.id },
        ...{ similarity: 0.42, review_kind: 'uncertain' },
        ...given,
      }),
    confirm: (review: string, user: string | null = null, organizationId?: string) =>
      asGateway<Outcome | null>('select confirm_review($1, $2, $3)', [review, user, operator], organizationId),
    reject: (review: string, remember: boolean | null = null) =>
      asGateway<Outcome | null>('select reject_review($1, $2, $3, $4)', [review, operator, remember, uuidV7()]),
    assign: (reviews: string[], user = ada.id, enrol: object[] = []) =>
      asGateway<Outcome>('select assign_sightings($1, $2, $3, $4::jsonb)', [
        ...[reviews, user, operator],
        JSON.stringify(enrol),
      ]),
    toEnrol: (review_id: string) => ({
      ...{
        review_id,
        face_id: uuidV7(),
        face_image_id: uuidV7(),
        object_key: `${organization.id}/2025-03/${uuidV7()}`,
      },
      ...{ sha256: '00', content_type: 'image/jpeg', byte_size: 10, width: 160, height: 160 },
    }),
    statusOf: (review: string) => queryValue(db.owner, 'select status from reviews where id = $1', [review]),
    vectorsLeft: () =>
      ofOwner<number>(
        'select count(*)::int from recognized_faces where organization_id = $1 and embedding is not null',
      ),
    rejections: () => ofOwner<number>('select count(*)::int from rejected_matches where organization_id = $1'),
    async changes(): Promise<string[]> {
      const { rows } = await db.owner.query<{ change: string }>(
        `select version || ':' || op as change from gallery_changes where organization_id = $1 order by version, faiss_id desc`,
        [organization.id],
      );
      return rows.map(({ change }) => change);
    },
    async newGroup(reviews: string[], id = uuidV7()): Promise<string> {
      const item = { id, is_new: true, model_id: TEST_MODEL, best_review_id: reviews[0], review_ids: reviews };
      expect(await group([item])).toBe(reviews.length);
      return id;
    },
    async groups() {
      const { rows } = await db.owner.query<{ id: string; sighting_count: number; best_review_id: string }>(
        'select id, sighting_count, best_review_id from unknown_faces where organization_id = $1',
        [organization.id],
      );
      return rows;
    },
  };
}
