import { v7 as uuidV7 } from 'uuid';
import { TEST_MODEL, unitVector } from './build-face.js';

/** Photos of a person as the gateway hands them to `submit_registration`: three, unless given otherwise. */
export function registrationItem(
  user: { readonly id: string; readonly organizationId: string },
  given: Record<string, unknown> = {},
) {
  const id = uuidV7();
  return {
    ...{ id, organization_id: user.organizationId, event_id: uuidV7(), user_id: user.id, principal: 'user:1' },
    ...{ route: 'POST /faces/register', idempotency_key: null, body_hash: null, requested_by: 'user:1' },
    ...{ correlation_id: uuidV7(), received_at: new Date().toISOString() },
    images: [0, 1, 2].map((index) => ({
      ...{ index, object_key: `${user.organizationId}/${id}/${index}`, sha256: '00ff', content_type: 'image/jpeg' },
      ...{ byte_size: 1000, width: 640, height: 480 },
    })),
    ...given,
  };
}
export type RegistrationItem = ReturnType<typeof registrationItem>;

/** What the face worker hands to `complete_registration`: the images named are good, the others show no face. */
export function registrationResult(
  item: RegistrationItem,
  accepted: readonly number[],
  given: Record<string, unknown> = {},
) {
  const embedding = Buffer.from(unitVector(512, 3).buffer).toString('base64');
  return {
    ...{ registration_id: item.id, event_id: uuidV7(), actor: 'system:face-worker', model_id: TEST_MODEL },
    ...{ model_dimension: 512, synthetic: false, min_good: 3 },
    accepted: accepted.map((index) => ({
      ...{ face_id: uuidV7(), face_image_id: uuidV7(), image_index: index, embedding, quality: { blur: 100 } },
    })),
    rejected: item.images
      .filter(({ index }) => !accepted.includes(index))
      .map(({ index }) => ({ image_index: index, code: 'NO_FACE', message: 'No face was found.' })),
    ...given,
  };
}
