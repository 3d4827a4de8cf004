import { operations, type AttendancePolicyOut } from '@rollcall/contracts';
import { newEvent } from '@rollcall/event-log';
import { withOrganization } from '@rollcall/postgres';
import { AppError, newId } from '@rollcall/service-kit';
import { insertPolicyVersion, listPolicyVersions, loadPolicyVersions } from '../../../data-access/policy-versions.js';
import { dateProblems } from '../../../domain/check-calendar.js';
import { cursorParts, cutPage, decodeListCursor } from '../../reading/list-cursor.js';
import { entityTag, readIfMatch } from '../../reading/read-if-match.js';
import { reply } from '../../reply.js';
import { defineRoute, type Route } from '../../route.js';
import { bodyHash } from '../calendar/body-hash.js';
import {
  changeCalendar,
  eventFields,
  loadKnownCalendar,
  refuse,
  replayedId,
  tellChange,
  todayIn,
  type CalendarChange,
  type CalendarPorts,
} from '../calendar/change-calendar.js';
import { policyInForce, policyOut } from './policy-out.js';
import { previewPolicyRoute } from './preview-policy.js';

export function attendancePolicyRoutes(parts: CalendarPorts): Route[] {
  return [getPolicyRoute(parts), listPolicyVersionsRoute(parts), previewPolicyRoute(parts), applyPolicyRoute(parts)];
}

function getPolicyRoute({ pool, clock }: CalendarPorts): Route {
  return defineRoute(operations.getAttendancePolicy, async ({ principal: { organizationId } }) => {
    const current = await withOrganization(pool, organizationId, async (client) => {
      const versions = await loadPolicyVersions(client);
      const today = todayIn(await loadKnownCalendar(client, organizationId), clock.now());
      const upcoming = versions.filter(({ valid_from }) => valid_from > today).map(policyOut);
      return { in_force: policyInForce(versions, today), upcoming, version: versions[0]?.version ?? 0 };
    });
    return reply(200, 'POLICY_FOUND', 'The policy in force.', current, {
      headers: { ETag: entityTag(current.version) },
    });
  });
}

function listPolicyVersionsRoute({ pool }: CalendarPorts): Route {
  return defineRoute(operations.listAttendancePolicyVersions, async ({ principal, query: { cursor, limit } }) => {
    const before = cursor === undefined ? null : Number(decodeListCursor(cursor, [cursorParts.integer])[0]);
    if (before !== null && before > 2_147_483_647) throw new AppError('INVALID_CURSOR');
    const rows = await withOrganization(pool, principal.organizationId, (client) =>
      listPolicyVersions(client, { before, limit: limit + 1 }),
    );
    const { page, nextCursor } = cutPage(rows, limit, ({ version }) => [String(version)]);
    return reply(200, 'POLICY_VERSIONS_LISTED', 'Versions.', page.map(policyOut), { nextCursor });
  });
}

function applyPolicyRoute(ports: CalendarPorts): Route {
  return defineRoute(operations.applyAttendancePolicy, async (call) => {
    const version = readIfMatch(call.headers);
    const { rules, valid_from } = call.body.value;
    const { policy, replayed } = await changeCalendar(ports, call, async (change) => {
      const id = newId();
      const route = operations.applyAttendancePolicy.id;
      const known = await replayedId(change, { route, bodyHash: bodyHash(call.body.value), resultId: id });
      const versions = await loadPolicyVersions(change.client);
      const made = versions.find((row) => row.id === known);
      // Before the version is compared: who repeats a call whose answer was lost has raised it themselves.
      if (made !== undefined) return { policy: policyOut(made), replayed: true };
      const validFrom = valid_from ?? change.today;
      refuse(dateProblems('/valid_from', validFrom, change.today));
      const newest = versions[0]?.version ?? 0;
      if (newest !== version) throw new AppError('PRECONDITION_FAILED');
      const before = policyInForce(versions, validFrom);
      const applied = await applyPolicy(change, { id, before, rules, validFrom, version: newest + 1 });
      return { policy: applied, replayed: false };
    });
    return reply(201, 'POLICY_APPLIED', 'The policy has a new version; days are computed anew.', policy, {
      headers: { ETag: entityTag(policy.version), ...(replayed && { 'Idempotency-Replayed': 'true' }) },
    });
  });
}

async function applyPolicy(
  change: CalendarChange,
  given: {
    readonly id: string;
    readonly before: AttendancePolicyOut;
    readonly rules: Partial<AttendancePolicyOut['rules']>;
    readonly validFrom: string;
    readonly version: number;
  },
): Promise<AttendancePolicyOut> {
  const { organizationId, userId } = change.call.principal;
  const { id, before, validFrom, version } = given;
  const row = await insertPolicyVersion(change.client, {
    ...{ id, organizationId, version, validFrom, createdBy: userId },
    rules: { ...before.rules, ...given.rules },
  });
  const after = policyOut(row);
  const type = 'attendance_policy.applied';
  const event = newEvent<typeof type>({
    ...eventFields(change, `organizations/${organizationId}`),
    type,
    payload: { policy_version_id: row.id, version, valid_from: validFrom },
  });
  await tellChange(change, event, { before, after }, { people: 'everybody', from: validFrom, to: null });
  return after;
}
