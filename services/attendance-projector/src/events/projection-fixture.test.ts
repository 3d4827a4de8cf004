import { type EventPayload, type NewEvent, type StoredEvent } from '@rollcall/contracts';
import { appendEvents, newEvent } from '@rollcall/event-log';
import { withTransaction } from '@rollcall/postgres';
import { buildOrganization, buildSource, buildUser, queryValue, type TestDatabase } from '@rollcall/testkit';
import { v7 as uuidV7 } from 'uuid';
import { checksumAttendance } from '../data-access/attendance-checksum.js';
import { createProjectorFigures } from '../heartbeat/projector-figures.js';
import { takeInstalment } from '../projections/take-instalment.js';
import { composeOrganizationProjector } from './compose-projection.js';
import { createLeaseKeeper } from './keep-leases.js';
import type { OrganizationOutcome } from './project-organization.js';

type Face = EventPayload<'recognition.completed'>['faces'][number];
export type FrameEvent = Extract<NewEvent, { type: 'recognition.completed' }>;

/** An organization in a test database, with two people and a camera, and ways to write its log. */
export async function buildScene(db: TestDatabase, given: { readonly timezone?: string } = {}) {
  const organization = await buildOrganization(db.owner, given);
  const [ada, ben] = [await buildUser(db.owner, organization.id), await buildUser(db.owner, organization.id)];
  const door = await buildSource(db.owner, organization.id);
  const organizationId = organization.id;

  function face(decision: Face['decision'], userId: string | null = null, given: Partial<Face> = {}): Face {
    return {
      ...{ recognized_face_id: uuidV7(), index: 0, decision, user_id: userId, face_id: userId && uuidV7() },
      ...{ similarity: 0.68, margin: 0.4, liveness_verdict: 'live', liveness_score: 0.97 },
      ...{ box: { x: 412.5, y: 188.25, width: 160, height: 160 }, reason: null },
      ...given,
    };
  }

  function frame(
    capturedAt: string,
    faces: readonly Face[],
    payload: Partial<EventPayload<'recognition.completed'>> = {},
  ): FrameEvent {
    return newEvent({
      ...{ type: 'recognition.completed', organizationId, subject: `recognitions/${uuidV7()}` },
      ...{ actor: 'system:face-worker', correlationId: uuidV7(), occurredAt: new Date() },
      payload: {
        ...{ recognition_id: uuidV7(), source_id: door.id, source_type: 'camera', direction: 'both' },
        ...{ captured_at: capturedAt, received_at: capturedAt, late_arrival: false, synthetic: false },
        ...{ model_id: 'test-model', gallery_version: 7, faces: [...faces] },
        ...payload,
      },
    }) as FrameEvent;
  }

  async function count(table: string): Promise<number> {
    const sql = `select count(*)::int from ${table} where organization_id = $1`;
    return (await queryValue<number>(db.system, sql, [organizationId])) ?? -1;
  }

  return {
    ...{ organizationId, ada: ada.id, ben: ben.id, door: door.id, face, frame, count },
    seen: (capturedAt: string, ...people: readonly string[]): FrameEvent =>
      frame(
        capturedAt,
        people.map((person) => face('match', person)),
      ),
    /** Appends events in a transaction of their own each, as the services do. */
    async append(...events: readonly NewEvent[]): Promise<void> {
      for (const event of events) await withTransaction(db.system, (client) => appendEvents(client, [event]));
    },
    async records() {
      const sql = `select user_id, work_date, check_in_at, check_out_at, status, worked_minutes, event_id, evidence
                   from attendance_records where organization_id = $1 order by work_date, check_in_at`;
      return (await db.system.query<StoredRecord>(sql, [organizationId])).rows;
    },
    checksum: () => checksumAttendance(db.system, organizationId),
    /** Everything a replay must not write twice, by count. */
    async counts() {
      const tables = ['audit_logs', 'audit_details', 'notifications', 'derived_ids', 'events'];
      return Object.fromEntries(await Promise.all(tables.map(async (table) => [table, await count(table)] as const)));
    },
  };
}

export type Scene = Awaited<ReturnType<typeof buildScene>>;

export interface StoredRecord {
  readonly user_id: string;
  readonly work_date: string;
  readonly check_in_at: Date | null;
  readonly check_out_at: Date | null;
  readonly status: string;
  readonly worked_minutes: number;
  readonly event_id: string;
  readonly evidence: readonly string[];
}

/** A projector of a test: what a process does, without the loop. */
export function startTestProjector(db: TestDatabase, given: { readonly leaseMs?: number } = {}) {
  let now = 0;
  const holder = uuidV7();
  const figures = createProjectorFigures();
  const trouble: unknown[] = [];
  const logger = {
    warn: (fields: object) => void trouble.push(fields),
    error: (fields: object) => void trouble.push(fields),
  };
  const leases = createLeaseKeeper({
    ...{ pool: db.system, holder, leaseMs: given.leaseMs ?? 60_000 },
    monotonicNow: () => now,
  });
  const project = composeOrganizationProjector({ pool: db.system, figures, logger: logger as never, leases });
  return {
    holder,
    figures,
    trouble,
    leases,
    project,
    /** What the loop does for one organization: a batch of events, or else days that are to be computed anew. */
    async step(organizationId: string): Promise<OrganizationOutcome> {
      const outcome = await project(organizationId);
      return outcome === 'done' && (await takeInstalment(db.system, organizationId)) ? 'more' : outcome;
    },
    /** Lets what this process knows of its leases grow old. */
    pass: (milliseconds: number) => void (now += milliseconds),
    async projectAll(organizationId: string): Promise<OrganizationOutcome> {
      for (;;) {
        const outcome = await project(organizationId);
        if (outcome !== 'more') return outcome;
      }
    },
  };
}

/** The stored events of an organization in the order of the log. */
export async function storedTypes(db: TestDatabase, organizationId: string): Promise<StoredEvent['type'][]> {
  const sql = 'select type from events where organization_id = $1 order by epoch, xid, position';
  const { rows } = await db.system.query<{ type: StoredEvent['type'] }>(sql, [organizationId]);
  return rows.map(({ type }) => type);
}
