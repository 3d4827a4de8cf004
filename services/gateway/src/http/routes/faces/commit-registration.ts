import type { operations } from '@rollcall/contracts';
import { ringEvents } from '@rollcall/event-log';
import { withOrganization, type ClientBase, type Pool } from '@rollcall/postgres';
import { AppError } from '@rollcall/service-kit';
import { insertAuditDetail } from '../../../data-access/audit-details.js';
import { submitRegistration } from '../../../data-access/registration-requests.js';
import { takeUploadedImages } from '../../../data-access/uploaded-images.js';
import type { RegistrationOutcome, RegistrationSubmission } from '../../../domain/registration-submission.js';
import { auditContext } from '../../audit-context.js';
import type { Call } from '../../call.js';

/** Request, event and the words for the trail in one transaction, which takes uploaded images over as well. */
export function createCommitRegistration(pool: Pool) {
  return (
    call: Call<typeof operations.registerFaces>,
    submission: RegistrationSubmission,
    uploadedIds: readonly string[],
  ): Promise<RegistrationOutcome> =>
    withOrganization(pool, submission.organization_id, async (client) => {
      const { missing, whole } = await addUploaded(client, submission, uploadedIds);
      const outcome = await submitRegistration(client, whole);
      // With these nothing was taken in: the transaction ends, and uploaded images are whose they were.
      if (outcome.status === 'user_not_found') throw new AppError('USER_NOT_FOUND');
      if (outcome.status === 'conflict') throw new AppError('IDEMPOTENCY_KEY_REUSED');
      if (outcome.status === 'created') {
        if (missing.length > 0) throw new AppError('NOT_FOUND', { message: GONE, errors: missing.map(explain) });
        const { event_id: eventId, organization_id: organizationId, user_id, images } = whole;
        const detail = { ...auditContext(call), user_id, image_count: images.length };
        await insertAuditDetail(client, { eventId, organizationId, detail });
        await ringEvents(client);
      }
      return outcome;
    });
}

const GONE = 'An uploaded image was used already, or its time is over.';

function explain(id: string) {
  return { path: '/image_ids', code: 'NOT_FOUND', message: `there is no uploaded image ${id}` };
}

/** The uploaded images first, then those of the call. A repetition finds them gone, and is answered by its key. */
async function addUploaded(client: ClientBase, submission: RegistrationSubmission, uploadedIds: readonly string[]) {
  if (uploadedIds.length === 0) return { missing: [], whole: submission };
  const taken = await takeUploadedImages(client, uploadedIds);
  const missing = uploadedIds.filter((id) => !taken.some((image) => image.id === id));
  const uploaded = taken.map(({ id: _, ...image }, index) => ({ ...image, index }));
  return { missing, whole: { ...submission, images: [...uploaded, ...submission.images] } };
}
