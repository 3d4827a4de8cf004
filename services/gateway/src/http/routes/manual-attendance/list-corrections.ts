import { operations } from '@rollcall/contracts';
import { withOrganization, type Pool } from '@rollcall/postgres';
import { listCorrections } from '../../../data-access/corrections.js';
import { cursorParts, cutPage, decodeListCursor } from '../../reading/list-cursor.js';
import { reply } from '../../reply.js';
import { defineRoute, type Route } from '../../route.js';

export function listCorrectionsRoute({ pool }: { readonly pool: Pool }): Route {
  return defineRoute(operations.listCorrections, async ({ principal, query }) => {
    const { user_id, from = null, to = null, standing = null, cursor, limit } = query;
    const before = cursor === undefined ? null : decodeListCursor(cursor, [cursorParts.uuid])[0];
    const filter = { userId: user_id ?? null, from, to, standing, before, limit: limit + 1 };
    const rows = await withOrganization(pool, principal.organizationId, (client) => listCorrections(client, filter));
    const { page, nextCursor } = cutPage(rows, limit, ({ correction_id }) => [correction_id]);
    return reply(200, 'CORRECTIONS_LISTED', 'Entries by hand.', page, { nextCursor });
  });
}
