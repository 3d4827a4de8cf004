import { unitVector } from '../builders/build-face.js';

/** Row of a table already built. */
export type BuiltRow = Readonly<Record<string, unknown>>;

export interface BuildContext {
  readonly organizationId: string;
  readonly adminId: string;
  readonly deviceKeyHash: Buffer;
  readonly passwordHash: string | null;
  /** The row built in a table, or its value in a column. */
  readonly value: (table: string, column: string) => unknown;
}

type Value = (context: BuildContext) => unknown;

/** Columns that mean the same wherever they stand. Nothing is put into other columns that may be null. */
export const knownColumns: Readonly<Record<string, Value>> = {
  organization_id: ({ organizationId }) => organizationId,
  actor: ({ adminId }) => `user:${adminId}`,
  principal: ({ adminId }) => `user:${adminId}`,
  user_id: ({ value }) => value('users', 'id'),
  source_id: ({ value }) => value('sources', 'id'),
  recognition_id: ({ value }) => value('recognition_requests', 'id'),
  face_id: ({ value }) => value('face_embeddings', 'id'),
  event_id: ({ value }) => value('events', 'id'),
  model_id: () => 'test-model',
};

/** Columns that name who did it: an id where they are uuids, an actor where they are text. */
export const knownActors: ReadonlySet<string> = new Set([
  ...['created_by', 'updated_by', 'decided_by', 'set_by', 'requested_by', 'uploaded_by', 'started_by', 'recorded_by'],
]);

const embedding = () => Buffer.from(unitVector(512, 7).buffer);

/** What else a row needs to be one that a service wrote. Two organizations get the same people with the same faces. */
export const knownValues: Readonly<Record<string, Readonly<Record<string, Value>>>> = {
  users: {
    role_id: () => 3,
    email: () => 'user@example.org',
    full_name: () => 'Mary User',
    password_hash: ({ passwordHash }) => passwordHash,
  },
  user_profiles: { employee_code: () => 'E-9', department: () => 'Engineering' },
  sources: { source_type: () => 'camera', external_id: () => 'entrance-9', is_configured: () => true },
  api_keys: {
    key_hash: ({ deviceKeyHash }) => deviceKeyHash,
    scopes: () => ['recognize', 'recognize_any_source', 'check_in', 'events'],
    hint: () => '…abcd',
  },
  shifts: {
    valid_from: () => '2024-01-01',
    name: () => 'Late',
    rules: () => JSON.stringify({ starts_at: '14:00', ends_at: '22:00', breaks: [] }),
  },
  shift_assignments: {
    valid_from: () => daysAgo(30),
    pattern: ({ value }) => JSON.stringify([{ shift_id: value('shifts', 'shift_key'), weekdays: null }]),
  },
  holidays: { holiday_on: () => daysAgo(20), name: () => 'Bridge day' },
  leaves: { starts_on: () => daysAgo(10), ends_on: () => daysAgo(9), kind: () => 'vacation' },
  policy_versions: { valid_from: () => '2024-01-01' },
  organization_versions: { valid_from: () => '2024-01-01', timezone: () => 'UTC', work_week: () => [1, 2, 3, 4, 5] },
  events: {
    epoch: () => 1,
    type: () => 'user.created',
    subject: ({ value }) => `users/${String(value('users', 'id'))}`,
    payload: ({ value }) => JSON.stringify({ user_id: value('users', 'id'), role_id: 3 }),
  },
  event_archive_ends: { epoch: () => 0, xid: () => 0, position: () => 0 },
  notifications: {
    epoch: () => 1,
    user_id: () => null,
    role_id: () => 3,
    type: () => 'attendance.checked_in',
    subject: ({ value }) => `users/${String(value('users', 'id'))}`,
    payload: ({ value }) => JSON.stringify({ user_id: value('users', 'id') }),
  },
  registration_requests: { status: () => 'completed', images: () => '[]' },
  face_images: { content_type: () => 'image/jpeg' },
  face_embeddings: { embedding, quality: () => '{}' },
  galleries: { version: () => 1, face_count: () => 1 },
  recognition_requests: {
    status: () => 'failed',
    image_content_type: () => 'image/jpeg',
    image_key: ({ organizationId, adminId }) => `${organizationId}/2025-03/${adminId}`,
  },
  recognized_faces: {
    liveness_verdict: () => 'live',
    decision: () => 'review',
    similarity: () => 0.5,
    margin: () => 0.2,
    match_threshold: () => 0.55,
    embedding,
    quality: () => JSON.stringify({ blur: 200, size: 100, yaw: 0, pitch: 0, roll: 0 }),
    crop_key: ({ organizationId, value }) => `${organizationId}/2025-03/${String(value('recognition_requests', 'id'))}`,
    crop_sha256: () => Buffer.alloc(32, 1),
  },
  reviews: { id: ({ value }) => value('unknown_faces', 'best_review_id'), kind: () => 'uncertain' },
  rejected_matches: { embedding, review_id: ({ value }) => value('reviews', 'id') },
  idempotency_keys: { body_hash: () => Buffer.alloc(32, 1) },
  attendance_logs: {
    kind: () => 'face',
    direction: () => 'both',
    decision: () => 'match',
    recognized_face_id: ({ value }) => value('recognized_faces', 'id'),
    similarity: () => 0.7,
    liveness_verdict: () => 'live',
    box: () => JSON.stringify({ x: 1, y: 1, width: 50, height: 50 }),
  },
  attendance_corrections: { reason: () => 'Forgot to pass the camera', status: () => 'present' },
  attendance_records: {
    status: () => 'open',
    source: () => 'face',
    check_in_at: () => '2025-03-03T09:00:00Z',
    evidence: ({ value }) => [value('attendance_logs', 'id')],
  },
  audit_logs: {
    action: () => 'user.created',
    subject: ({ value }) => `users/${String(value('users', 'id'))}`,
    detail_digest: () => Buffer.alloc(32, 2),
  },
  audit_details: { detail: ({ value }) => JSON.stringify({ after: { user_id: value('users', 'id') } }) },
  audit_chain_heads: { sequence: () => 1 },
  uploaded_images: { expires_at: () => '2099-01-01T00:00:00Z', content_type: () => 'image/jpeg' },
  correction_batches: { verdicts: () => '[]' },
  notification_rules: { rules: () => '{}' },
  projection_stops: { projection: () => 'attendance', reason: () => 'INVALID_EVENT' },
  system_logs: { level: () => 'warn', service: () => 'gateway', code: () => 'TEST' },
};

/** What is older than a year can no longer be withdrawn. */
function daysAgo(days: number): string {
  return new Date(Date.now() - days * 86_400_000).toISOString().slice(0, 10);
}
