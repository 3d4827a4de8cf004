import { operations, roles } from '@rollcall/contracts';
import { entityTag } from '../../reading/read-if-match.js';
import { reply } from '../../reply.js';
import { defineRoute, type Route } from '../../route.js';
import { changePerson, type ChangePersonPorts } from './change-person.js';

export function updateUserRoute(ports: ChangePersonPorts): Route {
  return defineRoute(operations.updateUser, async (call) => {
    const user = await changePerson(ports, call, {
      userId: call.params.user_id,
      update: call.body.value,
      roles,
    });
    return reply(200, 'USER_UPDATED', 'The person was changed.', user, { headers: { ETag: entityTag(user.version) } });
  });
}
