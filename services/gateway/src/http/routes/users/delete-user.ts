import { operations, roles } from '@rollcall/contracts';
import { reply } from '../../reply.js';
import { defineRoute, type Route } from '../../route.js';
import { removePerson, type RemovePersonPorts } from './remove-person.js';

export function deleteUserRoute(ports: RemovePersonPorts): Route {
  return defineRoute(operations.deleteUser, async (call) => {
    const userId = call.params.user_id.toLowerCase();
    const faceIds = await removePerson(ports, call, { userId, roles });
    return reply(200, 'USER_DELETED', 'The person was removed and their faces erased.', {
      user_id: userId,
      face_ids: faceIds,
    });
  });
}
