import { resolveNotificationRules, type NotificationRules, type NotificationRulesOut } from '@rollcall/contracts';
import type { ClientBase } from '@rollcall/postgres';

/** The rules in force; before anybody changed them version 0, the defaults. */
export async function loadNotificationRules(client: ClientBase): Promise<NotificationRulesOut> {
  const { rows } = await client.query<{
    version: number;
    rules: unknown;
    created_by: string | null;
    created_at: Date;
  }>({
    name: 'load-notification-rules',
    text: 'select version, rules, created_by, created_at from notification_rules order by version desc limit 1',
  });
  const [row] = rows;
  return {
    version: row?.version ?? 0,
    rules: resolveNotificationRules(row?.rules),
    updated_by: row?.created_by ?? null,
    updated_at: row?.created_at.toISOString() ?? null,
  };
}

export interface NewRulesVersion {
  readonly organizationId: string;
  readonly version: number;
  readonly rules: NotificationRules;
  readonly createdBy: string;
}

/** Adds a version; false when there is one of this number already: somebody else was quicker. */
export async function insertNotificationRules(client: ClientBase, given: NewRulesVersion): Promise<boolean> {
  const { rowCount } = await client.query({
    name: 'insert-notification-rules',
    text: `insert into notification_rules (organization_id, version, rules, created_by) values ($1, $2, $3, $4)
           on conflict do nothing`,
    values: [given.organizationId, given.version, JSON.stringify(given.rules), given.createdBy],
  });
  return rowCount === 1;
}
