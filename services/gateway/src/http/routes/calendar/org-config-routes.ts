import { operations, type OrgConfigUpdate } from '@rollcall/contracts';
import { withOrganization } from '@rollcall/postgres';
import { AppError } from '@rollcall/service-kit';
import { entityTag, readIfMatch } from '../../reading/read-if-match.js';
import { reply } from '../../reply.js';
import { defineRoute, type Route } from '../../route.js';
import {
  changeCalendar,
  loadKnownCalendar,
  todayIn,
  type CalendarCall,
  type CalendarPorts,
} from './change-calendar.js';
import { configureOrganization } from './configure-organization.js';
import { loadOrgConfig } from './org-config-out.js';

export function orgConfigRoutes(ports: CalendarPorts): Route[] {
  return [getOrgConfigRoute(ports), setOrgConfigRoute(ports), updateOrgConfigRoute(ports)];
}

function getOrgConfigRoute({ pool, clock }: CalendarPorts): Route {
  return defineRoute(operations.getOrgConfig, async ({ principal: { organizationId } }) => {
    const config = await withOrganization(pool, organizationId, async (client) => {
      const known = await loadKnownCalendar(client, organizationId);
      return loadOrgConfig(client, organizationId, todayIn(known, clock.now()));
    });
    return reply(200, 'ORGANIZATION_FOUND', 'The organization.', config, {
      headers: { ETag: entityTag(config.version) },
    });
  });
}

function setOrgConfigRoute(ports: CalendarPorts): Route {
  return defineRoute(operations.setOrgConfig, async (call) => {
    // Who names no version sets up whatever there is: the body says all of it.
    const version = call.headers['if-match'] === undefined ? null : readIfMatch(call.headers);
    const config = await configure(ports, call, { body: call.body.value, version, whole: true });
    return reply(200, 'ORGANIZATION_CONFIGURED', 'The organization is set up.', config, {
      headers: { ETag: entityTag(config.version) },
    });
  });
}

function updateOrgConfigRoute(ports: CalendarPorts): Route {
  return defineRoute(operations.updateOrgConfig, async (call) => {
    const version = readIfMatch(call.headers);
    const config = await configure(ports, call, { body: call.body.value, version, whole: false });
    return reply(200, 'ORGANIZATION_CONFIGURED', 'The organization was changed.', config, {
      headers: { ETag: entityTag(config.version) },
    });
  });
}

function configure(
  ports: CalendarPorts,
  call: CalendarCall,
  { body, version, whole }: { body: OrgConfigUpdate; version: number | null; whole: boolean },
) {
  return changeCalendar(ports, call, (change) => {
    if (version !== null && version !== change.organization.version) throw new AppError('PRECONDITION_FAILED');
    return configureOrganization(change, body, { whole });
  });
}
