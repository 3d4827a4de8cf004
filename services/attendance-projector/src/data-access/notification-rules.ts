import { resolveNotificationRules } from '@rollcall/contracts';
import type { ClientBase } from '@rollcall/postgres';
import type { NotificationRulesVersion } from '../domain/route-notification.js';

/** All versions of who is told of what, oldest first; none before an admin has changed a rule. */
export async function loadNotificationRules(
  client: Pick<ClientBase, 'query'>,
  organizationId: string,
): Promise<NotificationRulesVersion[]> {
  const { rows } = await client.query<{ known_epoch: number; known_xid: string; rules: unknown }>({
    name: 'load-notification-rules',
    text: 'select known_epoch, known_xid, rules from notification_rules where organization_id = $1 order by version',
    values: [organizationId],
  });
  return rows.map(({ known_epoch: epoch, known_xid: xid, rules }) => ({
    knownSince: { epoch, xid },
    rules: resolveNotificationRules(rules),
  }));
}
