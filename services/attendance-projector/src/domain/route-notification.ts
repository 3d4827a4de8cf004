import {
  defaultNotificationRules,
  roleIdOf,
  type NotificationKind,
  type NotificationRules,
  type StoredEvent,
} from '@rollcall/contracts';
import { notificationId } from './deterministic-ids.js';
import type { Notification } from './notification.js';

/** Who is told of what, since a place in the log: versions never change, so a replay tells nobody anything else. */
export interface NotificationRulesVersion {
  /** The transaction that wrote it: events of later ones go by it. */
  readonly knownSince: { readonly epoch: number; readonly xid: string };
  readonly rules: NotificationRules;
}

/** The rules that were in force at an event's place in the log. @param versions oldest first. */
export function rulesAt(
  versions: readonly NotificationRulesVersion[],
  { epoch, xid }: Pick<StoredEvent, 'epoch' | 'xid'>,
): NotificationRules {
  const known = versions.findLast(
    ({ knownSince }) =>
      knownSince.epoch < epoch || (knownSince.epoch === epoch && BigInt(knownSince.xid) < BigInt(xid)),
  );
  return known?.rules ?? defaultNotificationRules;
}

/** What there is to tell, before it is known to whom. */
export interface Notice extends Omit<Notification, 'recipient'> {
  /** Whom it is about; null when it is about nobody in particular. */
  readonly person: string | null;
}

/** The notifications that the rules make of a notice: to a role, to the person, to both or to nobody. */
export function routeNotice({ person, ...notice }: Notice, rules: NotificationRules): Notification[] {
  const rule = rules[notice.type as NotificationKind] as { to_role: 'ADMIN' | 'OPERATOR' | null; to_person?: boolean };
  const routed: Notification[] = [];
  if (rule.to_person === true && person !== null) {
    routed.push({ ...notice, recipient: { userId: person, roleId: null } });
  }
  if (rule.to_role !== null) {
    // Told to a person too, it is another notification with an id of its own.
    const id = rule.to_person === undefined ? notice.id : notificationId(notice.id, `${notice.type}/role`);
    routed.push({ ...notice, id, recipient: { userId: null, roleId: roleIdOf(rule.to_role) } });
  }
  return routed;
}
