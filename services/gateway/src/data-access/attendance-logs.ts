import type { AttendanceLogOut } from '@rollcall/contracts';
import type { ClientBase } from '@rollcall/postgres';

interface LogRow {
  readonly id: string;
  readonly user_id: string;
  readonly kind: AttendanceLogOut['kind'];
  readonly work_date: string;
  readonly captured_at: Date;
  readonly received_at: Date;
  readonly late_arrival: boolean;
  readonly direction: AttendanceLogOut['direction'];
  readonly source_id: string | null;
  readonly source_type: string | null;
  readonly external_id: string | null;
  readonly recognition_id: string | null;
  readonly similarity: number | null;
  readonly margin: number | null;
  readonly match_threshold: number | null;
  readonly runner_up_similarity: number | null;
  readonly liveness_score: number | null;
  readonly liveness_verdict: AttendanceLogOut['liveness']['verdict'];
  readonly box: AttendanceLogOut['box'];
  readonly model_id: string | null;
  readonly gallery_version: string | null;
  readonly decision: string;
  readonly has_crop: boolean;
}

/** Sightings by id, in order of capture. */
export async function loadAttendanceLogs(client: ClientBase, ids: readonly string[]): Promise<AttendanceLogOut[]> {
  if (ids.length === 0) return [];
  const { rows } = await client.query<LogRow>({
    name: 'load-attendance-logs',
    text: `select l.id, l.user_id, l.kind, l.work_date, l.captured_at, l.received_at, l.late_arrival, l.direction,
             l.source_id, s.source_type, s.external_id, l.recognition_id, l.similarity, l.margin, f.match_threshold,
             f.runner_up_similarity, l.liveness_score, l.liveness_verdict, l.box, l.model_id, l.gallery_version, l.decision,
             f.crop_key is not null as has_crop
           from attendance_logs as l
           left join sources as s on s.id = l.source_id
           left join recognized_faces as f on f.id = l.recognized_face_id
           where l.id = any($1::uuid[]) order by l.captured_at, l.id`,
    values: [ids],
  });
  return rows.map(toLogOut);
}

export interface EvidenceCrop {
  readonly userId: string;
  readonly objectKey: string | null;
}

/** Where the face crop of a sighting is stored; undefined when there is no such sighting. */
export async function findEvidenceCrop(client: ClientBase, logId: string): Promise<EvidenceCrop | undefined> {
  const { rows } = await client.query<{ user_id: string; crop_key: string | null }>({
    name: 'find-evidence-crop',
    text: `select l.user_id, f.crop_key
           from attendance_logs as l left join recognized_faces as f on f.id = l.recognized_face_id where l.id = $1`,
    values: [logId],
  });
  return rows[0] && { userId: rows[0].user_id, objectKey: rows[0].crop_key };
}

function toLogOut(row: LogRow): AttendanceLogOut {
  const { source_id, source_type, external_id } = row;
  const knownSource = source_id !== null && source_type !== null && external_id !== null;
  return {
    attendance_log_id: row.id,
    user_id: row.user_id,
    kind: row.kind,
    work_date: row.work_date,
    captured_at: row.captured_at.toISOString(),
    received_at: row.received_at.toISOString(),
    late_arrival: row.late_arrival,
    direction: row.direction,
    source: knownSource ? { id: source_id, source_type, source_id: external_id } : null,
    recognition_id: row.recognition_id,
    similarity: row.similarity,
    margin: row.margin,
    match_threshold: row.match_threshold,
    runner_up_similarity: row.runner_up_similarity,
    liveness: { score: row.liveness_score, verdict: row.liveness_verdict },
    box: row.box,
    model: row.model_id,
    gallery_version: row.gallery_version === null ? null : Number(row.gallery_version),
    decision: row.decision,
    crop_url: row.has_crop ? `/v1/ops/evidence/${row.id}/crop` : null,
  };
}
