import { operations } from '@rollcall/contracts';
import { entityTag } from '../../reading/read-if-match.js';
import { reply } from '../../reply.js';
import { defineRoute, type Route } from '../../route.js';
import { createPerson, type CreatePersonPorts } from './create-person.js';

export function createUserRoute(ports: CreatePersonPorts): Route {
  return defineRoute(operations.createUser, async (call) => {
    const { id: route } = operations.createUser;
    const { stored, replayed } = await createPerson(ports, call, { body: call.body.value, role: 'USER', route });
    return reply(201, 'USER_CREATED', 'The person was added.', stored, {
      headers: {
        Location: `/v1/ops/user/${stored.user_id}`,
        ETag: entityTag(stored.version),
        ...(replayed && { 'Idempotency-Replayed': 'true' }),
      },
    });
  });
}
