import type { Role } from '@rollcall/contracts';
import { ringEvents } from '@rollcall/event-log';
import { withOrganization, type Pool } from '@rollcall/postgres';
import { AppError, type Clock, newId } from '@rollcall/service-kit';
import { insertAuditDetail } from '../../../data-access/audit-details.js';
import { deletePerson, revokeRefreshTokens } from '../../../data-access/people.js';
import { ringOrganizations } from '../../../data-access/ring-organizations.js';
import { isActiveAdmin, mayChange } from '../../../domain/decide-person-change.js';
import { auditContext } from '../../audit-context.js';
import { readIfMatch } from '../../reading/read-if-match.js';
import { lockAdmins, requireAnotherAdmin, requirePerson, wordsOf, type PersonCall } from './change-person.js';

export interface RemovePersonPorts {
  readonly pool: Pool;
  readonly clock: Clock;
  readonly forget: () => void;
}

/** Removes a person who is still as the caller has read them; answers the ids of the faces that were erased with them. */
export async function removePerson(
  { pool, clock, forget }: RemovePersonPorts,
  call: PersonCall,
  { userId, roles }: { readonly userId: string; readonly roles: readonly Role[] },
): Promise<string[]> {
  const version = readIfMatch(call.headers);
  const { organizationId, actor } = call.principal;
  const faces = await withOrganization(pool, organizationId, async (client) => {
    const admins = await lockAdmins(client, call.principal);
    const person = await requirePerson(client, userId, roles);
    if (!mayChange(call.principal, person)) {
      throw new AppError('FORBIDDEN', { message: 'Only an admin removes operators and admins.' });
    }
    if (person.version !== version) throw new AppError('PRECONDITION_FAILED');
    if (isActiveAdmin(person)) requireAnotherAdmin(admins, person.userId);
    const eventId = newId();
    const { correlationId } = call;
    const erased = await deletePerson(client, { userId: person.userId, eventId, actor, correlationId });
    await revokeRefreshTokens(client, person.userId, clock.now());
    const detail = { ...auditContext(call), before: wordsOf(person), after: null };
    await insertAuditDetail(client, { eventId, organizationId, detail });
    await ringOrganizations(client);
    await ringEvents(client);
    return erased;
  });
  forget();
  return faces;
}
