import { operations } from '@rollcall/contracts';
import { withOrganization, type Pool } from '@rollcall/postgres';
import { listUnknownFaces } from '../../../data-access/unknown-faces.js';
import { cursorParts, cutPage, decodeListCursor } from '../../reading/list-cursor.js';
import { reply } from '../../reply.js';
import { defineRoute, type Route } from '../../route.js';

/** Microseconds since 1970. */
const MICROS = /^\d{1,17}$/;

export function listUnknownFacesRoute({ pool }: { readonly pool: Pool }): Route {
  return defineRoute(operations.listUnknownFaces, async ({ principal, query }) => {
    const { cursor, limit } = query;
    const filter = { before: readCursor(cursor), limit: limit + 1 };
    const rows = await withOrganization(pool, principal.organizationId, (client) => listUnknownFaces(client, filter));
    const { page, nextCursor } = cutPage(rows, limit, ({ face, lastSeenMicros }) => [
      lastSeenMicros,
      face.unknown_face_id,
    ]);
    const faces = page.map(({ face }) => face);
    return reply(200, 'UNKNOWN_FACES_LISTED', 'Unknown faces.', faces, { nextCursor });
  });
}

function readCursor(cursor: string | undefined): { lastSeenMicros: string; id: string } | null {
  if (cursor === undefined) return null;
  const [lastSeenMicros, id] = decodeListCursor(cursor, [MICROS, cursorParts.uuid]);
  return { lastSeenMicros, id };
}
