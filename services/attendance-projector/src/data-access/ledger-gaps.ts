import { resolveSystemConfig } from '@rollcall/contracts';
import type { ClientBase } from '@rollcall/postgres';
import type { LedgerGap, WaitingRequests } from '../domain/judge-ledger-gaps.js';
import { PROJECTION } from '../projections/projection-name.js';

/** An alarm that is on, or was. */
export interface LedgerAlarm extends LedgerGap {
  readonly id: string;
  readonly beganAt: Date;
}

/**
 * What waits in every organization at this moment, with its limit. Those where nothing waits are left out. An organization
 * whose log is projected again has all of it ahead: there it waits since when nothing has moved.
 */
export async function readWaitingRequests(client: Pick<ClientBase, 'query'>): Promise<WaitingRequests[]> {
  const { rows } = await client.query<{
    organization_id: string;
    undecided_since: Date | null;
    unprojected_since: Date | null;
    body: unknown;
  }>(
    `select g.organization_id, g.undecided_since, f.body,
       case when r.organization_id is null or g.unprojected_since is null then g.unprojected_since
         else greatest(g.unprojected_since, r.moved_at, c.updated_at) end as unprojected_since
     from open_ledger_gaps() as g
     left join system_configs as f on f.organization_id = g.organization_id
     left join projection_replays as r on r.projection = $1 and r.organization_id = g.organization_id
     left join projection_checkpoints as c on c.projection = $1 and c.organization_id = g.organization_id`,
    [PROJECTION],
  );
  return rows.map((row) => ({
    organizationId: row.organization_id,
    undecidedSince: row.undecided_since,
    unprojectedSince: row.unprojected_since,
    limitSeconds: resolveSystemConfig(row.body).processing.max_gap_seconds,
  }));
}

/** Notes gaps that had no alarm yet; answers those. @param ids one for each gap. */
export async function beginLedgerAlarms(
  client: ClientBase,
  gaps: readonly LedgerGap[],
  ids: readonly string[],
  now: Date,
): Promise<LedgerAlarm[]> {
  const { rows } = await client.query<LedgerAlarmRow>(
    `insert into ledger_gaps (id, organization_id, stage, since, limit_seconds, began_at)
     select g.id, g.organization_id, g.stage, g.since, g.limit_seconds, $6
     from unnest($1::uuid[], $2::uuid[], $3::text[], $4::timestamptz[], $5::integer[]) as g (id, organization_id, stage, since, limit_seconds)
     on conflict do nothing
     returning *`,
    [
      ids,
      gaps.map(({ organizationId }) => organizationId),
      gaps.map(({ stage }) => stage),
      gaps.map(({ since }) => since),
      gaps.map(({ limitSeconds }) => limitSeconds),
      now,
    ],
  );
  return rows.map(toAlarm);
}

/** Ends the alarms that are on but for these gaps; answers those that ended now. */
export async function endLedgerAlarms(
  client: ClientBase,
  except: readonly LedgerGap[],
  now: Date,
): Promise<LedgerAlarm[]> {
  const { rows } = await client.query<LedgerAlarmRow>(
    `update ledger_gaps as a set ended_at = $3
     where a.ended_at is null and not exists (
       select from unnest($1::uuid[], $2::text[]) as g (organization_id, stage)
       where g.organization_id = a.organization_id and g.stage = a.stage)
     returning *`,
    [except.map(({ organizationId }) => organizationId), except.map(({ stage }) => stage), now],
  );
  return rows.map(toAlarm);
}

interface LedgerAlarmRow {
  readonly id: string;
  readonly organization_id: string;
  readonly stage: LedgerGap['stage'];
  readonly since: Date;
  readonly limit_seconds: number;
  readonly began_at: Date;
}

function toAlarm(row: LedgerAlarmRow): LedgerAlarm {
  return {
    id: row.id,
    organizationId: row.organization_id,
    stage: row.stage,
    since: row.since,
    limitSeconds: row.limit_seconds,
    beganAt: row.began_at,
  };
}
