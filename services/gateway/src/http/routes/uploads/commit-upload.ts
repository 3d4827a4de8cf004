import { operations } from '@rollcall/contracts';
import { newEvent } from '@rollcall/event-log';
import { withOrganization, type ClientBase, type Pool } from '@rollcall/postgres';
import { AppError } from '@rollcall/service-kit';
import { appendAudited } from '../../../data-access/audited-event.js';
import {
  claimIdempotencyKey,
  reclaimIdempotencyKey,
  type IdempotencyClaim,
} from '../../../data-access/idempotency-keys.js';
import { insertUploadedImage, loadUploadedImages } from '../../../data-access/uploaded-images.js';
import type { AcceptedImage } from '../../../domain/accept-images.js';
import { auditContext } from '../../audit-context.js';
import type { Call } from '../../call.js';
import { readIdempotencyKey } from '../../reading/read-idempotency-key.js';

/** An image nobody has used by then is deleted. */
const KEPT_MS = 24 * 60 * 60_000;

export interface Upload {
  readonly id: string;
  readonly key: string;
  readonly image: AcceptedImage;
  readonly now: Date;
}

/** Row, event and the words for the trail in one transaction; for a key that was used, what was made then. */
export async function commitUpload(
  pool: Pool,
  call: Call<typeof operations.uploadImage>,
  { id, key: objectKey, image, now }: Upload,
): Promise<{ readonly id: string; readonly replayed: boolean }> {
  const { organizationId, actor } = call.principal;
  const key = readIdempotencyKey(call.headers['idempotency-key']);
  return withOrganization(pool, organizationId, async (client) => {
    if (key !== null) {
      const named = { organizationId, principal: actor, route: operations.uploadImage.id, key };
      const known = await madeBefore(client, { ...named, bodyHash: image.sha256, resultId: id });
      if (known !== undefined) return { id: known, replayed: true };
    }
    const { sha256, contentType, width, height } = image;
    const byteSize = image.bytes.byteLength;
    const expiresAt = new Date(now.getTime() + KEPT_MS);
    const row = { id, organizationId, uploadedBy: actor, objectKey, createdAt: now, expiresAt };
    await insertUploadedImage(client, { ...row, sha256, contentType, byteSize, width, height });
    const event = newEvent<'image.uploaded'>({
      type: 'image.uploaded',
      organizationId,
      subject: `images/${id}`,
      actor,
      correlationId: call.correlationId,
      payload: { image_id: id },
      occurredAt: now,
    });
    await appendAudited(client, event, { ...auditContext(call), content_type: contentType, byte_size: byteSize });
    return { id, replayed: false };
  });
}

/** What the key made before; undefined: go on. An image that could not be judged was told to be sent again: that is now. */
async function madeBefore(client: ClientBase, claim: IdempotencyClaim): Promise<string | undefined> {
  const result = await claimIdempotencyKey(client, claim);
  if (result.outcome === 'conflict') throw new AppError('IDEMPOTENCY_KEY_REUSED');
  if (result.outcome === 'claimed') return undefined;
  const { resultId } = result;
  const image = (await loadUploadedImages(client, [resultId], { finished: true })).get(resultId);
  if (image?.status !== 'failed') return resultId;
  if (await reclaimIdempotencyKey(client, claim, resultId)) return undefined;
  // Another call with the key was quicker.
  return madeBefore(client, claim);
}
