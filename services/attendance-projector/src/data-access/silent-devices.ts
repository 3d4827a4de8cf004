import type { ClientBase } from '@rollcall/postgres';

/** A camera or kiosk that was heard of, and is not any more for longer than anybody's least limit. */
export interface QuietDevice {
  readonly sourceId: string;
  readonly organizationId: string;
  readonly sourceType: 'camera' | 'kiosk';
  readonly lastSeenAt: Date;
  /** The newest stored version of who is told of what. */
  readonly rules: unknown;
}

/**
 * Devices set up by an admin that were last heard of so long ago. Heard is who sent a frame that was claimed since, and who
 * called with its key, whatever for: a kiosk where people give their PIN, or a camera that follows events before an empty
 * door, is at work. One with frames in the queue is heard; one that never sent anything has not fallen silent.
 */
export async function findQuietDevices(
  client: Pick<ClientBase, 'query'>,
  { now, quietMinutes }: { readonly now: Date; readonly quietMinutes: number },
): Promise<QuietDevice[]> {
  const { rows } = await client.query<{
    id: string;
    organization_id: string;
    source_type: 'camera' | 'kiosk';
    last_seen_at: Date;
    rules: unknown;
  }>(
    `select s.id, s.organization_id, s.source_type, heard.last_seen_at, latest.rules
     from sources s
     cross join lateral (
       select greatest(s.last_claimed_at, max(k.last_used_at)) as last_seen_at from api_keys k
       where k.organization_id = s.organization_id and k.source_id = s.id
     ) heard
     left join lateral (
       select r.rules from notification_rules r where r.organization_id = s.organization_id order by r.version desc limit 1
     ) latest on true
     where s.is_active and s.is_configured and s.deleted_at is null and s.source_type in ('camera', 'kiosk')
       and heard.last_seen_at < $1::timestamptz - $2 * interval '1 minute'
       and not exists (select from recognition_requests q where q.source_id = s.id and q.status = 'queued')
     order by s.organization_id, s.id`,
    [now, quietMinutes],
  );
  return rows.map((row) => ({
    sourceId: row.id,
    organizationId: row.organization_id,
    sourceType: row.source_type,
    lastSeenAt: row.last_seen_at,
    rules: row.rules,
  }));
}
