import { operations } from '@rollcall/contracts';
import { newId } from '@rollcall/service-kit';
import { requeueRequest } from '../../../data-access/failed-requests.js';
import type { OrganizationSettings } from '../../../data-access/organization-settings.js';
import { expiryOf } from '../../../domain/queue-place.js';
import { reply } from '../../reply.js';
import { defineRoute, type Route } from '../../route.js';
import { changeRequest, type RequestChangePorts } from './change-request.js';

export function requeueRequestRoute(ports: RequestChangePorts & { readonly settings: OrganizationSettings }): Route {
  return defineRoute(operations.requeueRequest, async (call) => {
    const { organizationId, actor } = call.principal;
    const { processing } = await ports.settings.of(organizationId);
    const requestId = call.params.request_id.toLowerCase();
    const eventId = newId();
    const expiresAt = expiryOf(ports.clock.now(), processing);
    const { request, unchanged } = await changeRequest(ports, call, {
      ...{ requestId, eventId, type: 'request.requeued' },
      change: (client) => requeueRequest(client, { id: requestId, eventId, actor, expiresAt }),
    });
    const headers = unchanged ? { 'Idempotency-Replayed': 'true' } : {};
    return reply(200, 'REQUEST_REQUEUED', 'It waits in the queue.', request, { headers });
  });
}
