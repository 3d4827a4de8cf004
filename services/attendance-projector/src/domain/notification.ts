import type { RoleId } from '@rollcall/contracts';
import type { JsonObject } from '@rollcall/audit-trail';

/** To one person, or to everybody of a role or a higher one. */
export type Recipient =
  { readonly userId: string; readonly roleId: null } | { readonly userId: null; readonly roleId: RoleId };

export interface Notification {
  readonly id: string;
  readonly organizationId: string;
  readonly recipient: Recipient;
  readonly type: string;
  readonly severity: 'info' | 'warning' | 'critical';
  readonly subject: string;
  /** Ids and enumerations; the words are made where it is shown. */
  readonly payload: JsonObject;
  readonly eventId: string;
  readonly createdAt: Date;
}
