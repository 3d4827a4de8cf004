import type { NotificationOut } from '@rollcall/contracts';
import { readHorizon, type Cursor } from '@rollcall/event-log';
import { withOrganization, type Pool } from '@rollcall/postgres';
import { readNotifications, readNotificationsOfAll } from '../data-access/notifications.js';
import type { FeedPage, FeedRow } from './feed-page.js';
import type { TailSource } from './shared-tail.js';

const TAIL_PAGE = 200;

/** Whose notifications. */
export interface Recipient {
  readonly userId: string;
  readonly roleId: number;
}

export interface NotificationRow extends FeedRow {
  readonly notification: NotificationOut;
  readonly userId: string | null;
  readonly roleId: number | null;
}

/** To the person, or to everybody of their role or a lower one (role ids rise as rights fall). */
export function isTo(row: Pick<NotificationRow, 'userId' | 'roleId'>, { userId, roleId }: Recipient): boolean {
  return row.userId === userId || (row.roleId !== null && row.roleId >= roleId);
}

export interface NotificationSource {
  readonly tail: TailSource<NotificationRow>;
  read(after: Cursor, limit: number, to: Recipient): Promise<FeedPage<NotificationRow>>;
}

/** The notifications of an organization, read through a pool of its own. @param onRead told of each query. */
export function createNotificationSource(pool: Pool, organizationId: string, onRead: () => void): NotificationSource {
  const toPage = (rows: readonly NotificationRow[], after: Cursor, limit: number): FeedPage<NotificationRow> => ({
    rows,
    next: rows.at(-1)?.key ?? after,
    more: rows.length === limit,
  });
  return {
    async read(after, limit, to) {
      onRead();
      const filter = { ...to, after, limit };
      const rows = await withOrganization(pool, organizationId, (client) => readNotifications(client, filter));
      return toPage(rows, after, limit);
    },
    tail: {
      readHorizon: () => readHorizon(pool),
      async readAfter(after) {
        onRead();
        const filter = { after, limit: TAIL_PAGE };
        const rows = await withOrganization(pool, organizationId, (client) => readNotificationsOfAll(client, filter));
        return toPage(rows, after, TAIL_PAGE);
      },
    },
  };
}
