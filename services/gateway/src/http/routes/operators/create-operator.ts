import { operations } from '@rollcall/contracts';
import { entityTag } from '../../reading/read-if-match.js';
import { reply } from '../../reply.js';
import { defineRoute, type Route } from '../../route.js';
import { createPerson, type CreatePersonPorts } from '../users/create-person.js';
import { operatorOut } from './operator-out.js';

export function createOperatorRoute(ports: CreatePersonPorts): Route {
  return defineRoute(operations.createOperator, async (call) => {
    const { role = 'OPERATOR', ...body } = call.body.value;
    const { id: route } = operations.createOperator;
    const { stored, replayed } = await createPerson(ports, call, { body, role, route });
    return reply(201, 'OPERATOR_CREATED', 'The operator was added.', operatorOut(stored), {
      headers: {
        Location: `/v1/admin/operator/${stored.user_id}`,
        ETag: entityTag(stored.version),
        ...(replayed && { 'Idempotency-Replayed': 'true' }),
      },
    });
  });
}
