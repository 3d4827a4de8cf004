import type { RegisterResponse } from '@rollcall/contracts';
import type { ClientBase } from '@rollcall/postgres';
import type { RegistrationOutcome, RegistrationSubmission } from '../domain/registration-submission.js';

export async function submitRegistration(
  client: ClientBase,
  submission: RegistrationSubmission,
): Promise<RegistrationOutcome> {
  const { rows } = await client.query<{ outcome: RegistrationOutcome }>({
    name: 'submit-registration',
    text: 'select submit_registration($1::jsonb) as outcome',
    values: [JSON.stringify(submission)],
  });
  const [row] = rows;
  if (row === undefined) throw new Error('submit_registration answered nothing');
  return row.outcome;
}

interface RegistrationRow {
  readonly id: string;
  readonly user_id: string;
  readonly status: RegisterResponse['status'];
  readonly rejected: RegisterResponse['rejected'];
  readonly reason: string | null;
  readonly faces: RegisterResponse['faces'];
}

/**
 * Enrolments with the faces they made (as far as those still exist), by id.
 *
 * @param options.finished only those that will not change any more.
 */
export async function loadRegistrations(
  client: ClientBase,
  ids: readonly string[],
  options: { readonly finished: boolean },
): Promise<Map<string, RegisterResponse>> {
  const { rows } = await client.query<RegistrationRow>({
    name: 'load-registrations',
    text: `select r.id, r.user_id, r.status, r.rejected, r.reason,
             coalesce((
               select jsonb_agg(jsonb_build_object('face_id', e.id, 'image_index', i.image_index, 'quality', e.quality) order by i.image_index)
               from face_images as i join face_embeddings as e on e.face_image_id = i.id
               where i.organization_id = r.organization_id and i.user_id = r.user_id and i.registration_id = r.id
             ), '[]') as faces
           from registration_requests as r
           where r.id = any($1::uuid[]) and (not $2 or r.status not in ('queued', 'processing'))`,
    values: [ids, options.finished],
  });
  return new Map(rows.map((row) => [row.id, toRegisterResponse(row)]));
}

function toRegisterResponse(row: RegistrationRow): RegisterResponse {
  return {
    registration_id: row.id,
    user_id: row.user_id,
    status: row.status,
    face_registered: row.status === 'completed',
    faces: row.faces,
    rejected: row.rejected,
    ...(row.reason !== null && { reason: row.reason }),
  };
}
