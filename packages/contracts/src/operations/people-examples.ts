import { defaultSystemConfig } from '../config/system-config.js';
import type { OperatorCreate, OperatorOut } from '../http/operators.js';
import type { SystemConfigOut } from '../http/system-config.js';
import type { ImageUploadResponse } from '../http/uploads.js';
import type { UserImportOut } from '../http/user-import.js';
import type { UserOut, UserUpdate } from '../http/users.js';
import { defaultExampleIds as ids } from './example-ids.js';
import { user } from './examples.js';

/** Ids only these examples have. */
const importId = '0198c0de-7a11-7c00-8000-000000000010';
const imageId = '0198c0de-7a11-7c00-8000-000000000011';

export const userUpdate: UserUpdate = { department: 'Research', employee_code: null };

export const userUpdated: UserOut = {
  ...user,
  department: 'Research',
  employee_code: null,
  version: 2,
  updated_at: '2025-03-03T09:30:00.000Z',
};

export const operatorCreate: OperatorCreate = {
  full_name: 'Grace Hopper',
  email: 'grace@example.org',
  password: 'a-long-enough-password',
  role: 'OPERATOR',
};

export const operator: OperatorOut = {
  operator_id: ids.operator,
  role: 'OPERATOR',
  full_name: 'Grace Hopper',
  email: 'grace@example.org',
  employee_code: null,
  department: null,
  is_active: true,
  version: 1,
  created_at: '2025-03-03T08:55:00.000Z',
  updated_at: '2025-03-03T08:55:00.000Z',
};

export const usersCsv = `full_name,email,employee_code,department
Ada Lovelace,ada@example.org,E-1001,Engineering
"Hopper, Grace",grace@example.org,E-1002,Engineering
`;

export const userImport: UserImportOut = {
  import_id: importId,
  dry_run: false,
  created: 1,
  updated: 0,
  unchanged: 0,
  refused: 1,
  lines: [
    { line: 2, outcome: 'created', user_id: ids.user, errors: [] },
    {
      line: 3,
      outcome: 'refused',
      user_id: null,
      errors: [{ path: '/email', code: 'TAKEN', message: 'is used by another person' }],
    },
  ],
};

export const imageUploaded: ImageUploadResponse = {
  image_id: imageId,
  status: 'completed',
  verdict: {
    fit: true,
    code: null,
    message: null,
    face_count: 1,
    faces: [
      {
        box: { x: 412.5, y: 188.25, width: 160, height: 160 },
        detection_score: 0.998,
        quality: { blur: 212.4, size: 160, yaw: -4.1, pitch: 6.8, roll: 1.2 },
        liveness: { score: 0.97, verdict: 'live' },
      },
    ],
  },
  content_type: 'image/jpeg',
  byte_size: 184_233,
  width: 1280,
  height: 960,
  uploaded_at: '2025-03-03T08:55:00.000Z',
  expires_at: '2025-03-04T08:55:00.000Z',
};

export const systemConfigPatch = { recognition: { match_threshold: 0.5, min_margin: null } };

export const systemConfig: SystemConfigOut = {
  config: { ...defaultSystemConfig, recognition: { ...defaultSystemConfig.recognition, match_threshold: 0.5 } },
  overridden: ['/recognition/match_threshold'],
  version: 1,
  updated_by: ids.operator,
  updated_at: '2025-03-03T09:30:00.000Z',
};
