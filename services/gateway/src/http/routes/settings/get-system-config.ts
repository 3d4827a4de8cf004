import { operations } from '@rollcall/contracts';
import { withOrganization, type Pool } from '@rollcall/postgres';
import { loadStoredSettings } from '../../../data-access/system-configs.js';
import { entityTag } from '../../reading/read-if-match.js';
import { reply } from '../../reply.js';
import { defineRoute, type Route } from '../../route.js';
import { settingsOut } from './settings-out.js';

export function getSystemConfigRoute({ pool }: { readonly pool: Pool }): Route {
  return defineRoute(operations.getSystemConfig, async ({ principal: { organizationId } }) => {
    const stored = await withOrganization(pool, organizationId, (client) => loadStoredSettings(client, organizationId));
    return reply(200, 'SYSTEM_CONFIG_FOUND', 'The settings in force.', settingsOut(stored), {
      headers: { ETag: entityTag(stored.version) },
    });
  });
}
