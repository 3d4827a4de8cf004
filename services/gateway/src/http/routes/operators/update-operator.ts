import { operations } from '@rollcall/contracts';
import { entityTag } from '../../reading/read-if-match.js';
import { reply } from '../../reply.js';
import { defineRoute, type Route } from '../../route.js';
import { changePerson, type ChangePersonPorts } from '../users/change-person.js';
import { operatorOut, operatorRoles } from './operator-out.js';

export function updateOperatorRoute(ports: ChangePersonPorts): Route {
  return defineRoute(operations.updateOperator, async (call) => {
    const user = await changePerson(ports, call, {
      userId: call.params.operator_id,
      update: call.body.value,
      roles: operatorRoles,
    });
    return reply(200, 'OPERATOR_UPDATED', 'The operator was changed.', operatorOut(user), {
      headers: { ETag: entityTag(user.version) },
    });
  });
}
