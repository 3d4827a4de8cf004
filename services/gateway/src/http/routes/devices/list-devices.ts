import { operations } from '@rollcall/contracts';
import { withOrganization } from '@rollcall/postgres';
import { listDevices } from '../../../data-access/devices.js';
import { cursorParts, cutPage, decodeListCursor } from '../../reading/list-cursor.js';
import { reply } from '../../reply.js';
import { defineRoute, type Route } from '../../route.js';
import type { DevicePorts } from './device-routes.js';

export function listDevicesRoute({ pool, clock }: DevicePorts): Route {
  return defineRoute(operations.listDevices, async ({ principal, query: { cursor, limit } }) => {
    const before = cursor === undefined ? null : decodeListCursor(cursor, [cursorParts.uuid])[0];
    const rows = await withOrganization(pool, principal.organizationId, (client) =>
      listDevices(client, { now: clock.now(), before, limit: limit + 1 }),
    );
    const { page, nextCursor } = cutPage(rows, limit, ({ device_id }) => [device_id]);
    return reply(200, 'DEVICES_LISTED', 'Devices.', page, { nextCursor });
  });
}
