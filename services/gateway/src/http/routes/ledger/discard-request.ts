import { operations } from '@rollcall/contracts';
import { newId } from '@rollcall/service-kit';
import { discardRequest } from '../../../data-access/failed-requests.js';
import { reply } from '../../reply.js';
import { defineRoute, type Route } from '../../route.js';
import { changeRequest, type RequestChangePorts } from './change-request.js';

export function discardRequestRoute(ports: RequestChangePorts): Route {
  return defineRoute(operations.discardRequest, async (call) => {
    const requestId = call.params.request_id.toLowerCase();
    const { request, unchanged } = await changeRequest(ports, call, {
      ...{ requestId, eventId: newId(), type: 'request.discarded' },
      change: (client) => discardRequest(client, requestId, call.principal.actor),
    });
    const headers = unchanged ? { 'Idempotency-Replayed': 'true' } : {};
    return reply(200, 'REQUEST_DISCARDED', 'It is put aside.', request, { headers });
  });
}
