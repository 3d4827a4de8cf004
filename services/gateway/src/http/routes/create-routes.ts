import type { ImageUploadResponse, RecognizeResponse, RegisterResponse } from '@rollcall/contracts';
import type { ObjectStore } from '@rollcall/object-store';
import { withOrganization, type Pool } from '@rollcall/postgres';
import type { Clock, HealthRegistry, Logger, Metrics } from '@rollcall/service-kit';
import type { ChangeThrottle } from '../../auth/change-throttle.js';
import type { LoginThrottle } from '../../auth/login-throttle.js';
import type { Passwords } from '../../auth/passwords.js';
import type { Sessions } from '../../auth/sessions.js';
import type { OrganizationSettings } from '../../data-access/organization-settings.js';
import { loadRecognitions } from '../../data-access/recognition-requests.js';
import { loadRegistrations } from '../../data-access/registration-requests.js';
import type { StorageProbe } from '../../health/probe-storage.js';
import type { ObjectPorts } from '../../submission/object-ports.js';
import type { ResultWaiter } from '../../waiting/result-waiter.js';
import type { Feeds } from '../../feeds/create-feeds.js';
import type { BacklogLimit } from '../../submission/backlog-limit.js';
import type { FrameCommit } from '../../submission/frame-commit.js';
import type { Route } from '../route.js';
import { attendancePolicyRoutes } from './attendance-policy/policy-routes.js';
import { getEvidenceCropRoute } from './attendance/get-evidence-crop.js';
import { getOwnAttendanceRoute } from './attendance/get-own-attendance.js';
import { listAttendanceEvidenceRoute } from './attendance/list-attendance-evidence.js';
import { listAttendanceRoute } from './attendance/list-attendance.js';
import { authRoutes } from './auth/auth-routes.js';
import { deviceRoutes } from './devices/device-routes.js';
import { calendarRoutes } from './calendar/calendar-routes.js';
import { createCommitRegistration } from './faces/commit-registration.js';
import { deleteFaceRoute } from './faces/delete-face.js';
import { getRecognitionRoute } from './faces/get-recognition.js';
import { getRegistrationRoute } from './faces/get-registration.js';
import { recognizeRoute } from './faces/recognize.js';
import { registerRoute } from './faces/register.js';
import { feedRoutes } from './feeds/feed-routes.js';
import type { StreamEventsPorts } from './feeds/stream-events.js';
import { notificationRoutes } from './notifications/notification-routes.js';
import { operatorRoutes } from './operators/operator-routes.js';
import { checkInRoutes } from './check-in/check-in-routes.js';
import { attendanceExportRoutes } from './attendance-export/attendance-export-routes.js';
import { manualAttendanceRoutes } from './manual-attendance/manual-attendance-routes.js';
import { reviewRoutes } from './reviews/review-routes.js';
import { documentRoutes } from './service/documents.js';
import { healthzRoute } from './service/healthz.js';
import { metricsRoute } from './service/metrics.js';
import { readyzRoute } from './service/readyz.js';
import { ledgerRoutes } from './ledger/ledger-routes.js';
import { projectionRoutes } from './projections/projection-routes.js';
import { systemRoutes } from './system/system-routes.js';
import { settingsRoutes } from './settings/settings-routes.js';
import { uploadRoutes } from './uploads/upload-routes.js';
import { createUserRoute } from './users/create-user.js';
import { deleteUserRoute } from './users/delete-user.js';
import { getUserRoute } from './users/get-user.js';
import { listUserFacesRoute } from './users/list-user-faces.js';
import { importUsersRoute } from './users/import-users.js';
import { listUsersRoute } from './users/list-users.js';
import { updateUserRoute } from './users/update-user.js';

/** Everything routes are made of. */
export interface RouteParts {
  readonly pool: Pool;
  readonly objects: ObjectStore;
  readonly objectPorts: ObjectPorts;
  readonly frames: FrameCommit;
  readonly backlog: BacklogLimit;
  readonly passwords: Passwords;
  readonly sessions: Sessions;
  readonly throttle: LoginThrottle;
  readonly changeThrottle: ChangeThrottle;
  readonly settings: OrganizationSettings;
  /** Accounts or settings were changed: this gateway looks them up anew. Others are told by `ringOrganizations`. */
  readonly forget: () => void;
  readonly recognitionResults: ResultWaiter<RecognizeResponse>;
  readonly registrationResults: ResultWaiter<RegisterResponse>;
  readonly uploadResults: ResultWaiter<ImageUploadResponse>;
  readonly feeds: Feeds;
  readonly streamTimes?: NonNullable<StreamEventsPorts['streamTimes']>;
  readonly health: HealthRegistry;
  readonly probeStorage: () => Promise<StorageProbe>;
  readonly metrics: Metrics;
  readonly metricsToken: string | undefined;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly version: string;
  readonly secretKey: string;
  readonly previousSecretKey?: string;
  readonly isStopping: () => boolean;
}

/** One route for each operation of the contract (a test compares the two). */
export function createRoutes(parts: RouteParts): Route[] {
  const { pool, recognitionResults, registrationResults } = parts;

  const loadRecognition = (organizationId: string, id: string) =>
    withOrganization(pool, organizationId, async (client) =>
      (await loadRecognitions(client, [id], { finished: false })).get(id),
    );
  const loadRegistration = (organizationId: string, id: string) =>
    withOrganization(pool, organizationId, async (client) =>
      (await loadRegistrations(client, [id], { finished: false })).get(id),
    );

  return [
    // First: Express looks through the routes one by one, and nearly every call is a frame.
    recognizeRoute({
      ...parts,
      submission: { ...parts.objectPorts, commit: (submission) => parts.frames.submit(submission) },
      results: recognitionResults,
      loadNow: loadRecognition,
    }),
    ...authRoutes(parts),
    ...deviceRoutes(parts),
    createUserRoute(parts),
    listUsersRoute(parts),
    getUserRoute(parts),
    updateUserRoute(parts),
    deleteUserRoute(parts),
    importUsersRoute(parts),
    ...operatorRoutes(parts),
    ...settingsRoutes(parts),
    ...uploadRoutes(parts),
    listUserFacesRoute(parts),
    registerRoute({
      ...parts,
      objects: parts.objectPorts,
      commit: createCommitRegistration(pool),
      results: registrationResults,
      loadNow: loadRegistration,
    }),
    getRegistrationRoute({ loadNow: loadRegistration }),
    deleteFaceRoute(parts),
    getRecognitionRoute({ loadNow: loadRecognition }),
    getOwnAttendanceRoute(parts),
    listAttendanceRoute(parts),
    listAttendanceEvidenceRoute(parts),
    getEvidenceCropRoute(parts),
    ...reviewRoutes(parts),
    ...manualAttendanceRoutes(parts),
    ...attendanceExportRoutes(parts),
    ...checkInRoutes(parts),
    ...calendarRoutes(parts),
    ...attendancePolicyRoutes(parts),
    ...feedRoutes(parts),
    ...notificationRoutes(parts),
    ...systemRoutes(parts),
    ...ledgerRoutes(parts),
    ...projectionRoutes(parts),
    healthzRoute(),
    readyzRoute(parts),
    metricsRoute(parts),
    ...documentRoutes(parts),
  ];
}
