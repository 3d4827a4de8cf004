import { isDeepStrictEqual } from 'node:util';
import {
  notificationKinds,
  operations,
  type NotificationRules,
  type NotificationRulesOut,
  type NotificationRulesPatch,
} from '@rollcall/contracts';
import { newEvent } from '@rollcall/event-log';
import { withOrganization, type Pool } from '@rollcall/postgres';
import { AppError, type Clock } from '@rollcall/service-kit';
import { appendAudited } from '../../../data-access/audited-event.js';
import { insertNotificationRules, loadNotificationRules } from '../../../data-access/notification-rules.js';
import { auditContext } from '../../audit-context.js';
import type { Call } from '../../call.js';
import { entityTag, readIfMatch } from '../../reading/read-if-match.js';
import { reply } from '../../reply.js';
import { defineRoute, type Route } from '../../route.js';

export interface NotificationRulesPorts {
  readonly pool: Pool;
  readonly clock: Clock;
}

export function getNotificationRulesRoute({ pool }: NotificationRulesPorts): Route {
  return defineRoute(operations.getNotificationRules, async ({ principal }) => {
    const rules = await withOrganization(pool, principal.organizationId, loadNotificationRules);
    return reply(200, 'NOTIFICATION_RULES_FOUND', 'Who is told of what.', rules, withTag(rules));
  });
}

export function updateNotificationRulesRoute({ pool, clock }: NotificationRulesPorts): Route {
  return defineRoute(operations.updateNotificationRules, async (call) => {
    const expected = readIfMatch(call.headers);
    const { organizationId } = call.principal;
    const rules = await withOrganization(pool, organizationId, async (client) => {
      const before = await loadNotificationRules(client);
      if (before.version !== expected) throw new AppError('PRECONDITION_FAILED');
      const after = changeRules(before.rules, call.body.value);
      const version = expected + 1;
      const createdBy = call.principal.userId;
      const added = await insertNotificationRules(client, { organizationId, version, rules: after, createdBy });
      if (!added) throw new AppError('PRECONDITION_FAILED');
      const changed = notificationKinds.filter((kind) => !isDeepStrictEqual(before.rules[kind], after[kind]));
      const event = rulesChanged(call, version, changed, clock.now());
      await appendAudited(client, event, {
        ...auditContext(call),
        before: pick(before.rules, changed),
        after: pick(after, changed),
      });
      return loadNotificationRules(client);
    });
    return reply(200, 'NOTIFICATION_RULES_UPDATED', 'It holds from now on.', rules, withTag(rules));
  });
}

function changeRules(rules: NotificationRules, patch: NotificationRulesPatch): NotificationRules {
  const changed = notificationKinds.map((kind) => [kind, { ...rules[kind], ...patch[kind] }]);
  return Object.fromEntries(changed) as NotificationRules;
}

function pick(rules: NotificationRules, kinds: readonly (keyof NotificationRules)[]) {
  return Object.fromEntries(kinds.map((kind) => [kind, rules[kind]]));
}

function rulesChanged(
  { principal, correlationId }: Call<typeof operations.updateNotificationRules>,
  version: number,
  changed: readonly string[],
  occurredAt: Date,
) {
  return newEvent<'notification_rules.changed'>({
    type: 'notification_rules.changed',
    organizationId: principal.organizationId,
    subject: `organizations/${principal.organizationId}`,
    actor: principal.actor,
    correlationId,
    payload: { version, changed: [...changed] },
    occurredAt,
  });
}

function withTag({ version }: NotificationRulesOut) {
  return { headers: { ETag: entityTag(version) } };
}
