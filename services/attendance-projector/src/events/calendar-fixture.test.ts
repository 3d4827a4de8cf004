import { addDays } from '@rollcall/attendance-rules';
import { appendEvents, newEvent } from '@rollcall/event-log';
import { withTransaction, type ClientBase } from '@rollcall/postgres';
import { type TestDatabase } from '@rollcall/testkit';
import { v7 as uuidV7 } from 'uuid';
import { buildScene, type Scene } from './projection-fixture.test.js';

export interface ShiftGiven {
  readonly starts_at: string;
  readonly ends_at: string;
  readonly [rule: string]: unknown;
}

/** A scene with ways to change the calendar as the gateway does: the rows and the events in one transaction. */
export async function buildCalendarScene(db: TestDatabase, given: { readonly timezone?: string } = {}) {
  const scene = await buildScene(db, given);
  const { organizationId } = scene;
  // Days that ended before somebody was added are nobody's absence.
  await db.owner.query("update users set created_at = '2020-01-01' where organization_id = $1", [organizationId]);

  async function change(
    write: (client: ClientBase) => Promise<unknown>,
    days: { readonly users: readonly string[]; readonly from: string; readonly to: string },
  ): Promise<void> {
    await withTransaction(db.owner, async (client) => {
      await write(client);
      const steps = newEvent<'attendance.recomputation_requested'>({
        ...{ type: 'attendance.recomputation_requested', organizationId, subject: 'organizations/1' },
        ...{ actor: 'user:1', correlationId: uuidV7(), occurredAt: new Date() },
        payload: { user_ids: [...days.users], from: days.from, to: days.to, existing_only: false },
      });
      await appendEvents(client, [steps]);
    });
  }

  return {
    ...scene,
    change,
    async addShift(rules: ShiftGiven, shiftId = uuidV7(), version = 1, validFrom = '2020-01-01'): Promise<string> {
      await db.owner.query(
        `insert into shifts (id, organization_id, shift_key, version, valid_from, name, rules)
         values ($1, $2, $3, $4, $5, 'Shift', $6)`,
        [uuidV7(), organizationId, shiftId, version, validFrom, JSON.stringify(rules)],
      );
      return shiftId;
    },
    assign(userId: string, shiftId: string, from: string, to: string, id = uuidV7()): Promise<void> {
      return change(
        (client) =>
          client.query(
            `insert into shift_assignments (id, organization_id, user_id, valid_from, pattern) values ($1, $2, $3, $4, $5)`,
            [
              id,
              organizationId,
              userId,
              from,
              JSON.stringify([{ shift_id: shiftId, weekdays: [1, 2, 3, 4, 5, 6, 7] }]),
            ],
          ),
        { users: [userId], from: addDays(from, -1), to },
      );
    },
    withdrawAssignment(userId: string, id: string, from: string, to: string): Promise<void> {
      return change((client) => client.query('update shift_assignments set withdrawn_at = now() where id = $1', [id]), {
        ...{ users: [userId], from: addDays(from, -1), to },
      });
    },
    applyPolicy(version: number, validFrom: string, rules: object, users: readonly string[], to: string) {
      return change(
        (client) =>
          client.query(
            `insert into policy_versions (id, organization_id, version, valid_from, rules) values ($1, $2, $3, $4, $5)`,
            [uuidV7(), organizationId, version, validFrom, JSON.stringify(rules)],
          ),
        { users, from: addDays(validFrom, -1), to },
      );
    },
    /** As if somebody had been switched off, or on again, at that moment; known from the place of the log on. */
    async switchActive(userId: string, active: boolean, since: string): Promise<void> {
      await withTransaction(db.owner, async (client) => {
        await client.query('update users set is_active = $2 where id = $1', [userId, active]);
        const sql = `update user_activity_changes set since = $2
                     where id = (select max(id) from user_activity_changes where user_id = $1)`;
        await client.query(sql, [userId, since]);
      });
    },
    async recordOf(userId: string, workDate: string) {
      const records = await recordsOf(db, organizationId);
      return records.find((record) => record.user_id === userId && record.work_date === workDate);
    },
    /** As if the scheduler had last looked at that moment. */
    async lookedAt(moment: Date): Promise<void> {
      await db.owner.query(
        `insert into workday_closings (organization_id, closed_until) values ($1, $2)
         on conflict (organization_id) do update set closed_until = excluded.closed_until`,
        [organizationId, moment],
      );
    },
  };
}

export type CalendarScene = Awaited<ReturnType<typeof buildCalendarScene>>;

export interface FullRecord {
  readonly user_id: string;
  readonly work_date: string;
  readonly shift_id: string | null;
  readonly status: string;
  readonly check_in_at: Date | null;
  readonly check_out_at: Date | null;
  readonly worked_minutes: number;
  readonly late_minutes: number;
  readonly early_leave_minutes: number;
  readonly source: string;
}

export async function recordsOf(db: TestDatabase, organizationId: string): Promise<FullRecord[]> {
  const sql = `select user_id, work_date, shift_id, status, check_in_at, check_out_at, worked_minutes, late_minutes,
                      early_leave_minutes, source
               from attendance_records where organization_id = $1 order by work_date, user_id`;
  return (await db.system.query<FullRecord>(sql, [organizationId])).rows;
}

export type { Scene };
