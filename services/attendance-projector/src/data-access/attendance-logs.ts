import type { ClientBase } from '@rollcall/postgres';
import type { AttendanceLog } from '../domain/attendance.js';
import type { RedatedSightings } from '../domain/batch-effects.js';

/** Writes sightings; one that is there already stays as it is. */
export async function insertAttendanceLogs(client: ClientBase, logs: readonly AttendanceLog[]): Promise<void> {
  if (logs.length === 0) return;
  await client.query({
    name: 'insert-attendance-logs',
    text: `insert into attendance_logs
             (id, organization_id, user_id, kind, captured_at, received_at, late_arrival, work_date, source_id, direction,
              recognition_id, recognized_face_id, similarity, margin, liveness_score, liveness_verdict, box, model_id,
              gallery_version, decision, policy_version_id, event_id)
           select l.id, l.organization_id, l.user_id, l.kind, l.captured_at, l.received_at, l.late_arrival, l.work_date,
                  l.source_id, l.direction, l.recognition_id, l.recognized_face_id, l.similarity, l.margin,
                  l.liveness_score, l.liveness_verdict, l.box, l.model_id, l.gallery_version, l.decision,
                  l.policy_version_id, l.event_id
           from jsonb_to_recordset($1::jsonb) as l
             (id uuid, organization_id uuid, user_id uuid, kind text, captured_at timestamptz, received_at timestamptz,
              late_arrival boolean, work_date date, source_id uuid, direction text, recognition_id uuid,
              recognized_face_id uuid, similarity real, margin real, liveness_score real, liveness_verdict text,
              box jsonb, model_id text, gallery_version bigint, decision text, policy_version_id uuid, event_id uuid)
           on conflict (id) do nothing`,
    values: [JSON.stringify(logs.map(toRow))],
  });
}

/** Has the sightings of days count for the dates they belong to by now; all else about a sighting stays as it is. */
export async function redateAttendanceLogs(
  client: ClientBase,
  organizationId: string,
  days: readonly RedatedSightings[],
): Promise<void> {
  if (days.length === 0) return;
  await client.query({
    name: 'redate-attendance-logs',
    text: `update attendance_logs a set work_date = day.work_date, policy_version_id = day.policy_version_id
           from rows from (unnest($2::uuid[]), unnest($3::date[]), unnest($4::timestamptz[]), unnest($5::timestamptz[]),
                           unnest($6::uuid[])) as day (user_id, work_date, starts, ends, policy_version_id)
           where a.organization_id = $1 and a.user_id = day.user_id and a.work_date <> day.work_date
             and a.work_date between day.work_date - 4 and day.work_date + 4
             and a.captured_at >= day.starts and a.captured_at < day.ends`,
    values: [
      organizationId,
      days.map(({ userId }) => userId),
      days.map(({ workDate }) => workDate),
      days.map(({ bounds }) => new Date(bounds.start)),
      days.map(({ bounds }) => new Date(bounds.end)),
      days.map(({ policyVersionId }) => policyVersionId),
    ],
  });
}

/** Removes sightings of an organization, `limit` at most, so that a replay writes them anew; answers how many. */
export async function deleteAttendanceLogs(client: ClientBase, organizationId: string, limit: number): Promise<number> {
  const { rowCount } = await client.query(
    `delete from attendance_logs where ctid = any (array(select ctid from attendance_logs where organization_id = $1 limit $2))`,
    [organizationId, limit],
  );
  return rowCount ?? 0;
}

function toRow(log: AttendanceLog): object {
  return {
    id: log.id,
    organization_id: log.organizationId,
    user_id: log.userId,
    kind: log.kind,
    captured_at: log.capturedAt,
    received_at: log.receivedAt,
    late_arrival: log.lateArrival,
    work_date: log.workDate,
    source_id: log.sourceId,
    direction: log.direction,
    recognition_id: log.recognitionId,
    recognized_face_id: log.recognizedFaceId,
    similarity: log.similarity,
    margin: log.margin,
    liveness_score: log.livenessScore,
    liveness_verdict: log.livenessVerdict,
    box: log.box,
    model_id: log.modelId,
    gallery_version: log.galleryVersion,
    decision: log.decision,
    policy_version_id: log.policyVersionId,
    event_id: log.eventId,
  };
}
