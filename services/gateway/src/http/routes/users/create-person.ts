import { createHmac } from 'node:crypto';
import { roleIdOf, type Role, type UserCreate, type UserOut } from '@rollcall/contracts';
import { newEvent } from '@rollcall/event-log';
import { withOrganization, type ClientBase, type Pool } from '@rollcall/postgres';
import { AppError, type Clock, newId } from '@rollcall/service-kit';
import type { Passwords } from '../../../auth/passwords.js';
import { appendAudited } from '../../../data-access/audited-event.js';
import { claimIdempotencyKey } from '../../../data-access/idempotency-keys.js';
import { insertUser, loadUser, type NewUser } from '../../../data-access/users.js';
import { personEmail, personText } from '../../../domain/person-text.js';
import { auditContext } from '../../audit-context.js';
import { readIdempotencyKey } from '../../reading/read-idempotency-key.js';
import type { PersonCall } from './change-person.js';
import { checkNewPassword } from './check-new-password.js';
import { explainTaken } from './explain-taken.js';

export interface CreatePersonPorts {
  readonly pool: Pool;
  readonly passwords: Pick<Passwords, 'hash'>;
  readonly clock: Clock;
  readonly secretKey: string;
}

export interface CreateRequest {
  readonly body: UserCreate;
  readonly role: Role;
  /** Where idempotency keys of this call are kept apart from those of others. */
  readonly route: string;
}

/** Adds a person, once for an idempotency key. */
export async function createPerson(
  ports: CreatePersonPorts,
  call: PersonCall,
  request: CreateRequest,
): Promise<{ readonly stored: UserOut; readonly replayed: boolean }> {
  const { password, email } = request.body;
  if (password !== undefined) {
    checkNewPassword(password);
    if (email === undefined) throw emailRequired();
  }
  const key = readIdempotencyKey(call.headers['idempotency-key']);
  const user = await prepare(ports, call, request);
  return store(ports, call, { request, user, key }).catch(explainTaken);
}

function emailRequired(): AppError {
  const problem = { path: '/email', code: 'REQUIRED', message: 'is required with a password' };
  return new AppError('VALIDATION_FAILED', { errors: [problem] });
}

async function prepare(
  { passwords, clock }: CreatePersonPorts,
  call: PersonCall,
  { body, role }: CreateRequest,
): Promise<NewUser> {
  const { full_name, email, password, employee_code, department } = body;
  return {
    id: newId(),
    organizationId: call.principal.organizationId,
    roleId: roleIdOf(role),
    email: email === undefined ? null : personEmail(email),
    passwordHash: password === undefined ? null : await passwords.hash(password, { caller: call.principal.userId }),
    fullName: personText(full_name),
    employeeCode: employee_code === undefined ? null : personText(employee_code),
    department: department === undefined ? null : personText(department),
    createdAt: clock.now(),
  };
}

interface Storing {
  readonly request: CreateRequest;
  readonly user: NewUser;
  readonly key: string | null;
}

async function store(ports: CreatePersonPorts, call: PersonCall, { request, user, key }: Storing) {
  const { organizationId, actor } = call.principal;
  return withOrganization(ports.pool, organizationId, async (client) => {
    if (key !== null) {
      const bodyHash = fingerprint(request, ports.secretKey);
      const claim = { organizationId, principal: actor, route: request.route, key, bodyHash, resultId: user.id };
      const result = await claimIdempotencyKey(client, claim);
      if (result.outcome === 'conflict') throw new AppError('IDEMPOTENCY_KEY_REUSED');
      if (result.outcome === 'replayed') {
        const known = await loadUser(client, result.resultId);
        if (known === undefined) throw new AppError('USER_NOT_FOUND');
        return { stored: known, replayed: true };
      }
    }
    await insertUser(client, user);
    const stored = await loadUser(client, user.id);
    if (stored === undefined) throw new Error('a person just added is not there');
    await tell(client, call, user, stored);
    return { stored, replayed: false };
  });
}

async function tell(client: ClientBase, call: PersonCall, user: NewUser, stored: UserOut): Promise<void> {
  const { full_name, email, employee_code, department, role } = stored;
  const event = newEvent<'user.created'>({
    type: 'user.created',
    organizationId: user.organizationId,
    subject: `users/${user.id}`,
    actor: call.principal.actor,
    correlationId: call.correlationId,
    payload: { user_id: user.id, role_id: roleIdOf(role) },
    occurredAt: user.createdAt,
  });
  await appendAudited(client, event, {
    ...auditContext(call),
    before: null,
    after: { full_name, email, employee_code, department, role },
  });
}

/** Keyed: the body may hold a password, and a plain hash of a weak one could be guessed. */
function fingerprint({ body, role }: CreateRequest, secretKey: string): Buffer {
  const { full_name, email, password, employee_code, department } = body;
  const fields = JSON.stringify([full_name, email, password, employee_code, department, role]);
  return createHmac('sha256', `idempotency of ${secretKey}`).update(fields).digest();
}
