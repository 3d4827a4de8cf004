import type { Role, UserOut, UserUpdate } from '@rollcall/contracts';
import { newEvent } from '@rollcall/event-log';
import { withOrganization, type ClientBase, type Pool } from '@rollcall/postgres';
import { AppError, type Clock } from '@rollcall/service-kit';
import type { Passwords } from '../../../auth/passwords.js';
import { appendAudited } from '../../../data-access/audited-event.js';
import { lockActiveAdmins, lockPerson, updatePerson, type LockedPerson } from '../../../data-access/people.js';
import { ringOrganizations } from '../../../data-access/ring-organizations.js';
import { loadUser } from '../../../data-access/users.js';
import { decidePersonChange, type PersonChange } from '../../../domain/decide-person-change.js';
import { auditContext } from '../../audit-context.js';
import type { Call, UserPrincipal } from '../../call.js';
import { readIfMatch } from '../../reading/read-if-match.js';
import { checkNewPassword } from './check-new-password.js';
import { explainTaken } from './explain-taken.js';

export interface ChangePersonPorts {
  readonly pool: Pool;
  readonly passwords: Pick<Passwords, 'hash'>;
  readonly clock: Clock;
  readonly forget: () => void;
}

/** What both ways of changing a person have in common, `/ops/user` and `/admin/operator`. */
export interface PersonCall extends Pick<Call, 'requestId' | 'correlationId' | 'address' | 'headers'> {
  readonly principal: UserPrincipal;
}

export interface ChangeRequest {
  readonly userId: string;
  readonly update: UserUpdate;
  /** Whom this address shows at all. */
  readonly roles: readonly Role[];
}

/** Changes a person who is still as the caller has read them. */
export async function changePerson(
  ports: ChangePersonPorts,
  call: PersonCall,
  { userId, update, roles }: ChangeRequest,
): Promise<UserOut> {
  const version = readIfMatch(call.headers);
  const { password } = update;
  if (typeof password === 'string') checkNewPassword(password);
  const { organizationId, userId: caller } = call.principal;
  const passwordHash = typeof password === 'string' ? await ports.passwords.hash(password, { caller }) : password;
  const changed = await withOrganization(ports.pool, organizationId, async (client) => {
    const mayLoseAdmin = update.role !== undefined || update.is_active === false || password === null;
    const admins = mayLoseAdmin ? await lockAdmins(client, call.principal) : [];
    const person = await requirePerson(client, userId, roles);
    const change = decidePersonChange(call.principal, person, update);
    if (change.kind !== 'change') throw refusalOf(change);
    if (person.version !== version) throw new AppError('PRECONDITION_FAILED');
    if (change.losesAdmin) requireAnotherAdmin(admins, userId);
    if (change.changed.length > 0) {
      const { next, endsSessions } = change;
      await updatePerson(client, { person: next, passwordHash, endsSessions, now: ports.clock.now() });
      if (endsSessions) await ringOrganizations(client);
      await tell(client, ports, call, person, change);
    }
    const stored = await loadUser(client, userId);
    if (stored === undefined) throw new Error('a person just changed is not there');
    return stored;
  }).catch(explainTaken);
  ports.forget();
  return changed;
}

/**
 * @throws FORBIDDEN when the caller was an admin a moment ago and is none now: of two who demote each other at once only
 * the first succeeds.
 */
export async function lockAdmins(client: ClientBase, principal: UserPrincipal): Promise<readonly string[]> {
  if (principal.role !== 'ADMIN') return [];
  const admins = await lockActiveAdmins(client);
  const { rows } = await client.query<{ role_id: number }>({
    name: 'load-present-role',
    text: 'select role_id from users where id = $1 and is_active and not is_deleted',
    values: [principal.userId],
  });
  if (rows[0]?.role_id !== 1) throw new AppError('FORBIDDEN');
  return admins;
}

export function requireAnotherAdmin(admins: readonly string[], userId: string): void {
  if (!admins.some((id) => id !== userId)) throw new AppError('LAST_ADMIN');
}

export async function requirePerson(client: ClientBase, userId: string, roles: readonly Role[]): Promise<LockedPerson> {
  const person = await lockPerson(client, userId.toLowerCase());
  if (person === undefined || !roles.includes(person.role)) throw new AppError('USER_NOT_FOUND');
  return person;
}

function refusalOf(change: Exclude<PersonChange, { kind: 'change' }>): AppError {
  const { problems: errors } = change;
  if (change.kind === 'forbidden') return new AppError('FORBIDDEN', { message: change.message, errors });
  return new AppError('VALIDATION_FAILED', { errors });
}

async function tell(
  client: ClientBase,
  { clock }: ChangePersonPorts,
  call: PersonCall,
  person: LockedPerson,
  { next, changed }: Extract<PersonChange, { kind: 'change' }>,
): Promise<void> {
  const { organizationId, actor } = call.principal;
  const event = newEvent<'user.updated'>({
    type: 'user.updated',
    organizationId,
    subject: `users/${person.userId}`,
    actor,
    correlationId: call.correlationId,
    payload: { user_id: person.userId, changed: [...changed] },
    occurredAt: clock.now(),
  });
  const only = (words: Readonly<Record<string, unknown>>) =>
    Object.fromEntries(changed.filter((name) => name in words).map((name) => [name, words[name]]));
  await appendAudited(client, event, {
    ...auditContext(call),
    before: only(wordsOf(person)),
    after: only(wordsOf(next)),
  });
}

/** What the trail says of a person; never a password. */
export function wordsOf(person: Omit<LockedPerson, 'version' | 'userId'>): Readonly<Record<string, unknown>> {
  const { fullName, email, employeeCode, department, isActive, role } = person;
  return { full_name: fullName, email, employee_code: employeeCode, department, is_active: isActive, role };
}
