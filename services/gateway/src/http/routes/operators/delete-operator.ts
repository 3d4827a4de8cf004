import { operations } from '@rollcall/contracts';
import { reply } from '../../reply.js';
import { defineRoute, type Route } from '../../route.js';
import { removePerson, type RemovePersonPorts } from '../users/remove-person.js';
import { operatorRoles } from './operator-out.js';

export function deleteOperatorRoute(ports: RemovePersonPorts): Route {
  return defineRoute(operations.deleteOperator, async (call) => {
    const userId = call.params.operator_id.toLowerCase();
    await removePerson(ports, call, { userId, roles: operatorRoles });
    return reply(200, 'OPERATOR_DELETED', 'The operator was removed.', { operator_id: userId });
  });
}
