import { loadOrganizationCalendar, type StoredRecord } from '@rollcall/attendance-data';
import {
  addDays,
  endOfLog,
  knownCalendar,
  type AttendanceRecord,
  type OrganizationCalendar,
} from '@rollcall/attendance-rules';
import { operations, type AttendancePolicyDifference, type AttendancePolicyPreview } from '@rollcall/contracts';
import { withOrganization, type ClientBase } from '@rollcall/postgres';
import { listEverybody } from '../../../data-access/affected-people.js';
import { loadPolicyVersions } from '../../../data-access/policy-versions.js';
import { dateProblems, spanProblems } from '../../../domain/check-calendar.js';
import { reply } from '../../reply.js';
import { defineRoute, type Route } from '../../route.js';
import { refuse, todayIn, type CalendarPorts } from '../calendar/change-calendar.js';
import { compareDays, type DaysToCompare, type DifferentDay } from './compare-days.js';
import { policyInForce } from './policy-out.js';
import { previewDays, type PreviewBounds } from './preview-days.js';

const MOST_DATES = 31;
const BOUNDS: PreviewBounds = { days: 10_000, milliseconds: 3_000, daysAPage: 250 };
/** A statement of a preview that takes longer is given up, ms: frames wait for the same connections. */
const STATEMENT_TIMEOUT_MS = 1_500;
const LISTED = 50;

/** The policy that would be, and between which dates its days are compared. */
interface PlannedPolicy {
  readonly calendar: OrganizationCalendar;
  readonly difference: Pick<AttendancePolicyDifference, 'valid_from' | 'rules'>;
  readonly userIds: readonly string[];
}

export function previewPolicyRoute(ports: CalendarPorts): Route {
  return defineRoute(operations.previewAttendancePolicy, async ({ principal: { organizationId }, body, signal }) => {
    const asked = body.value;
    const now = ports.clock.now();
    const plan = await planPolicy(ports, organizationId, asked, now);
    const known = knownCalendar(plan.calendar, endOfLog);
    const { different, figures } = await previewDays({ dates: datesOf(asked), userIds: plan.userIds }, BOUNDS, {
      compare: (days) => comparePage(ports, { organizationId, known, days, now: now.getTime() }),
      monotonicNow: () => performance.now(),
      signal,
    });
    return reply(200, 'POLICY_PREVIEWED', 'What the change would do. Nothing was written.', {
      ...plan.difference,
      ...figures,
      changed: different.length,
      differences: different.slice(0, asked.limit ?? LISTED).map(differenceOut),
    });
  });
}

/** A transaction a page: a long one would hold up every reader of the log. Undefined when a statement took too long. */
async function comparePage({ pool }: CalendarPorts, page: DaysToCompare): Promise<DifferentDay[] | undefined> {
  try {
    return await withOrganization(pool, page.organizationId, async (client) => {
      await boundStatements(client);
      return compareDays(client, page);
    });
  } catch (error) {
    if (isCancelled(error)) return undefined;
    throw error;
  }
}

/** query_canceled: what a statement time-out is. */
function isCancelled(error: unknown): boolean {
  return error instanceof Error && (error as { code?: unknown }).code === '57014';
}

async function boundStatements(client: ClientBase): Promise<void> {
  await client.query(`set local statement_timeout = ${String(STATEMENT_TIMEOUT_MS)}`);
}

async function planPolicy(
  { pool }: CalendarPorts,
  organizationId: string,
  { rules, valid_from, from, to }: AttendancePolicyPreview,
  now: Date,
): Promise<PlannedPolicy> {
  return withOrganization(pool, organizationId, async (client) => {
    await boundStatements(client);
    const { calendar } = await loadOrganizationCalendar(client, organizationId);
    const today = todayIn(knownCalendar(calendar, endOfLog), now);
    const validFrom = valid_from ?? today;
    refuse([
      ...dateProblems('/valid_from', validFrom, today),
      ...dateProblems('/from', from, today),
      ...spanProblems('/to', from, to),
      ...(to > addDays(from, MOST_DATES - 1)
        ? [{ path: '/to', code: 'TOO_LATE', message: `must not be more than ${MOST_DATES} days` }]
        : []),
    ]);
    const versions = await loadPolicyVersions(client);
    const planned = { ...policyInForce(versions, validFrom).rules, ...rules };
    const version = (versions[0]?.version ?? 0) + 1;
    const policy = { id: '', version, validFrom, rules: planned, known: { epoch: 0, xid: '0' } };
    return {
      calendar: { ...calendar, policies: [...calendar.policies, policy] },
      difference: { valid_from: validFrom, rules: planned },
      userIds: (await listEverybody(client)).map(({ id }) => id),
    };
  });
}

function datesOf({ from, to }: AttendancePolicyPreview): string[] {
  const dates: string[] = [];
  for (let date = from; date <= to; date = addDays(date, 1)) dates.push(date);
  return dates;
}

function differenceOut({ userId, workDate, before, after }: DifferentDay) {
  return {
    user_id: userId,
    work_date: workDate,
    attendance_id: before?.id ?? null,
    before: before && stateOf(before),
    after: after && stateOf(after),
  };
}

function stateOf(record: StoredRecord | AttendanceRecord) {
  return {
    work_date: record.workDate,
    check_in_at: timeOf(record.checkInAt),
    check_out_at: timeOf(record.checkOutAt),
    status: record.status,
    worked_minutes: record.workedMinutes,
    break_minutes: record.breakMinutes,
    late_minutes: record.lateMinutes,
    early_leave_minutes: record.earlyLeaveMinutes,
    overtime_minutes: record.overtimeMinutes,
  };
}

function timeOf(at: Date | number | null): string | null {
  return at === null ? null : new Date(at).toISOString();
}
