import type { operations } from '@rollcall/contracts';
import { ringEvents } from '@rollcall/event-log';
import { withOrganization, type Pool } from '@rollcall/postgres';
import { insertAuditDetail } from '../../../data-access/audit-details.js';
import { submitRegistration } from '../../../data-access/registration-requests.js';
import type { RegistrationOutcome, RegistrationSubmission } from '../../../domain/registration-submission.js';
import { auditContext } from '../../audit-context.js';
import type { Call } from '../../call.js';

/** Request, event and the words for the trail in one transaction. */
export function createCommitRegistration(pool: Pool) {
  return (
    call: Call<typeof operations.registerFaces>,
    submission: RegistrationSubmission,
  ): Promise<RegistrationOutcome> =>
    withOrganization(pool, submission.organization_id, async (client) => {
      const outcome = await submitRegistration(client, submission);
      if (outcome.status === 'created') {
        const { event_id: eventId, organization_id: organizationId, user_id, images } = submission;
        const detail = { ...auditContext(call), user_id, image_count: images.length };
        await insertAuditDetail(client, { eventId, organizationId, detail });
        await ringEvents(client);
      }
      return outcome;
    });
}
