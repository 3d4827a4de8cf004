import { defaultExampleIds as ids } from './example-ids.js';
import type { EventOut } from '../events/event-out.js';
import type { AttendanceLogOut, AttendanceOut } from '../http/attendance.js';
import type { TokenPair, UserInfo } from '../http/auth.js';
import type { FaceOut, RegisterResponse } from '../http/faces.js';
import type { AuditLogOut } from '../http/feeds.js';
import type { NotificationOut } from '../http/notifications.js';
import type { RecognizeResponse } from '../http/recognition.js';
import type { UserCreate, UserOut } from '../http/users.js';

/** One morning of one person, told through every answer: the examples of the documents. Each validates (tested). */

export const userInfo: UserInfo = {
  user_id: ids.operator,
  organization: {
    organization_id: ids.organization,
    slug: 'default',
    name: 'My organization',
    timezone: 'Europe/Berlin',
  },
  role: 'ADMIN',
  full_name: 'Administrator',
  email: 'admin@rollcall.local',
};

export const tokenPair: TokenPair = {
  access_token: 'eyJhbGciOiJIUzI1NiIsImtpZCI6IjEifQ.eyJzdWIiOiIuLi4ifQ.c2lnbmF0dXJl',
  token_type: 'Bearer',
  expires_in: 900,
  expires_at: '2025-03-03T09:10:00.000Z',
  refresh_token: 'rt_4Zq1p0Jm7iXW2dKXv0tq8bH6o3mYc5sRk9LwUeVnAaE',
  refresh_expires_in: 1_209_600,
  refresh_expires_at: '2025-03-17T08:55:00.000Z',
  user: userInfo,
};

export const userCreate: UserCreate = {
  full_name: 'Ada Lovelace',
  email: 'ada@example.org',
  employee_code: 'E-1001',
  department: 'Engineering',
};

export const user: UserOut = {
  user_id: ids.user,
  role: 'USER',
  full_name: 'Ada Lovelace',
  email: 'ada@example.org',
  employee_code: 'E-1001',
  department: 'Engineering',
  is_active: true,
  can_sign_in: false,
  face_count: 0,
  version: 1,
  created_at: '2025-03-03T08:55:00.000Z',
  updated_at: '2025-03-03T08:55:00.000Z',
};

const quality = { blur: 212.4, size: 160, yaw: -4.1, pitch: 6.8, roll: 1.2 };
const box = { x: 412.5, y: 188.25, width: 160, height: 160 };

export const registrationQueued: RegisterResponse = {
  registration_id: ids.registration,
  user_id: ids.user,
  status: 'queued',
  face_registered: false,
  faces: [],
  rejected: [],
};

export const registrationCompleted: RegisterResponse = {
  ...registrationQueued,
  status: 'completed',
  face_registered: true,
  faces: [
    { face_id: ids.face, image_index: 0, quality },
    { face_id: ids.face2, image_index: 1, quality },
    { face_id: ids.face3, image_index: 3, quality },
  ],
  rejected: [{ image_index: 2, code: 'NO_FACE', message: 'No face was found in this image.' }],
};

export const face: FaceOut = {
  face_id: ids.face,
  user_id: ids.user,
  model: 'fr_feature-87aacdfe',
  quality,
  origin: 'registration',
  created_at: '2025-03-03T08:56:02.000Z',
};

export const recognitionQueued: RecognizeResponse = {
  recognition_id: ids.recognition,
  status: 'queued',
  source_type: 'camera',
  source_id: 'entrance-1',
  captured_at: '2025-03-03T08:59:12.000Z',
  faces: [],
  model: null,
  gallery_version: null,
  synthetic: false,
};

export const recognitionCompleted: RecognizeResponse = {
  ...recognitionQueued,
  status: 'completed',
  faces: [
    {
      index: 0,
      box,
      detection_score: 0.998,
      quality,
      liveness: { score: 0.97, verdict: 'live' },
      decision: 'match',
      user_id: ids.user,
      face_id: ids.face,
      similarity: 0.681,
      margin: 0.412,
    },
  ],
  model: 'fr_feature-87aacdfe',
  gallery_version: 3,
};

export const attendanceLog: AttendanceLogOut = {
  attendance_log_id: ids.log,
  user_id: ids.user,
  kind: 'face',
  work_date: '2025-03-03',
  captured_at: '2025-03-03T08:59:12.000Z',
  received_at: '2025-03-03T08:59:12.431Z',
  late_arrival: false,
  direction: 'both',
  source: { id: ids.source, source_type: 'camera', source_id: 'entrance-1' },
  recognition_id: ids.recognition,
  similarity: 0.681,
  margin: 0.412,
  match_threshold: 0.45,
  runner_up_similarity: 0.269,
  liveness: { score: 0.97, verdict: 'live' },
  box,
  model: 'fr_feature-87aacdfe',
  gallery_version: 3,
  decision: 'match',
  crop_url: `/v1/ops/evidence/${ids.log}/crop`,
};

export const attendance: AttendanceOut = {
  attendance_id: ids.record,
  user_id: ids.user,
  full_name: 'Ada Lovelace',
  employee_code: 'E-1001',
  work_date: '2025-03-03',
  shift_id: null,
  check_in_at: '2025-03-03T08:59:12.000Z',
  check_out_at: '2025-03-03T17:04:40.000Z',
  status: 'present',
  worked_minutes: 485,
  break_minutes: 0,
  late_minutes: 0,
  early_leave_minutes: 0,
  overtime_minutes: 0,
  source: 'face',
  corrected: false,
  evidence: [ids.log, ids.log2],
};

export const event: EventOut = {
  specversion: '1.0',
  id: ids.event,
  source: `/organizations/${ids.organization}`,
  type: 'attendance.checked_in',
  subject: `attendance-records/${ids.record}`,
  time: '2025-03-03T08:59:12.000Z',
  datacontenttype: 'application/json',
  dataschemaversion: 1,
  data: {
    user_id: ids.user,
    record_id: ids.record,
    work_date: '2025-03-03',
    attendance_log_ids: [ids.log],
    at: '2025-03-03T08:59:12.000Z',
    source_id: ids.source,
  },
  organizationid: ids.organization,
  correlationid: ids.recognition,
  causationid: ids.event,
  actor: 'system:attendance-projector',
  cursor: 'MS43NDIuMTg',
};

export const notification: NotificationOut = {
  notification_id: ids.notification,
  type: 'attendance.checked_in',
  severity: 'info',
  subject: `attendance-records/${ids.record}`,
  payload: { user_id: ids.user, work_date: '2025-03-03', at: '2025-03-03T08:59:12.000Z' },
  event_id: ids.event,
  created_at: '2025-03-03T08:59:12.600Z',
  read_at: null,
  cursor: 'MS43NDIuMTg',
};

export const auditLog: AuditLogOut = {
  audit_id: ids.audit,
  sequence: 12,
  action: 'user.created',
  actor: `user:${ids.operator}`,
  subject: `users/${ids.user}`,
  occurred_at: '2025-03-03T08:55:00.000Z',
  event_id: ids.event,
  detail: { after: { full_name: 'Ada Lovelace' }, address: '192.0.2.7', request_id: 'c0ffee-1' },
  hash: '9b74c9897bac770ffc029102a200c5de9b74c9897bac770ffc029102a200c5de',
};
