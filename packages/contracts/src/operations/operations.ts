import { attendanceOperations } from './attendance.js';
import { attendancePolicyOperations } from './attendance-policy.js';
import { authOperations } from './auth.js';
import { calendarOperations } from './calendar.js';
import { deviceOperations } from './devices.js';
import { faceOperations } from './faces.js';
import { feedOperations } from './feeds.js';
import { checkInOperations } from './check-in.js';
import { attendanceExportOperations } from './attendance-export.js';
import { manualAttendanceOperations } from './manual-attendance.js';
import { ledgerOperations } from './ledger.js';
import { projectionOperations } from './projections.js';
import { notificationOperations } from './notifications.js';
import type { Operation } from './operation.js';
import { recognitionOperations } from './recognition.js';
import { reviewOperations } from './reviews.js';
import { serviceOperations } from './service.js';
import { operatorOperations } from './operators.js';
import { systemConfigOperations } from './system-config.js';
import { systemOperations } from './system.js';
import { uploadOperations } from './uploads.js';
import { userOperations } from './users.js';
import { workingTimeOperations } from './working-times.js';

/** Every operation of the HTTP contract by its id: routes, documents and tests are made from or compared with this. */
export const operations = {
  ...authOperations,
  ...deviceOperations,
  ...userOperations,
  ...operatorOperations,
  ...uploadOperations,
  ...systemConfigOperations,
  ...faceOperations,
  ...recognitionOperations,
  ...reviewOperations,
  ...attendanceOperations,
  ...calendarOperations,
  ...workingTimeOperations,
  ...attendancePolicyOperations,
  ...manualAttendanceOperations,
  ...attendanceExportOperations,
  ...checkInOperations,
  ...feedOperations,
  ...notificationOperations,
  ...systemOperations,
  ...ledgerOperations,
  ...projectionOperations,
  ...serviceOperations,
} satisfies Readonly<Record<string, Operation>>;

export const operationList: readonly Operation[] = Object.values(operations);
