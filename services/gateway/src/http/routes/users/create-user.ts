import { createHmac } from 'node:crypto';
import { operations, roleIdOf, type UserCreate, type UserOut } from '@rollcall/contracts';
import { newEvent } from '@rollcall/event-log';
import { withOrganization, type Pool } from '@rollcall/postgres';
import { AppError, type Clock } from '@rollcall/service-kit';
import { v7 as uuidV7 } from 'uuid';
import { isTooLongForBcrypt, MAX_PASSWORD_BYTES, type Passwords } from '../../../auth/passwords.js';
import { appendAudited } from '../../../data-access/audited-event.js';
import { claimIdempotencyKey } from '../../../data-access/idempotency-keys.js';
import { insertUser, loadUser, type NewUser } from '../../../data-access/users.js';
import { auditContext } from '../../audit-context.js';
import type { Call } from '../../call.js';
import { readIdempotencyKey } from '../../reading/read-idempotency-key.js';
import { reply } from '../../reply.js';
import { defineRoute, type Route } from '../../route.js';
import { explainTaken } from './explain-taken.js';

export interface CreateUserPorts {
  readonly pool: Pool;
  readonly passwords: Pick<Passwords, 'hash'>;
  readonly clock: Clock;
  readonly secretKey: string;
}

type CreateUserCall = Call<typeof operations.createUser>;

export function createUserRoute(ports: CreateUserPorts): Route {
  return defineRoute(operations.createUser, async (call) => {
    const body = call.body.value;
    checkPassword(body);
    const key = readIdempotencyKey(call.headers['idempotency-key']);
    const user = await prepareUser(ports, call);
    const { stored, replayed } = await storeUser(ports, call, user, key).catch(explainTaken);
    return reply(201, 'USER_CREATED', 'The person was added.', stored, {
      headers: {
        Location: `/v1/ops/user/${stored.user_id}`,
        ...(replayed && { 'Idempotency-Replayed': 'true' }),
      },
    });
  });
}

function checkPassword({ password, email }: UserCreate): void {
  if (password === undefined) return;
  const refuse = (path: string, code: string, message: string) =>
    new AppError('VALIDATION_FAILED', { errors: [{ path, code, message }] });
  if (email === undefined) throw refuse('/email', 'REQUIRED', 'is required with a password');
  if (isTooLongForBcrypt(password)) {
    throw refuse('/password', 'TOO_LONG', `must not have more than ${String(MAX_PASSWORD_BYTES)} bytes`);
  }
}

async function prepareUser({ passwords, clock }: CreateUserPorts, call: CreateUserCall): Promise<NewUser> {
  const { full_name, email, password, employee_code, department } = call.body.value;
  return {
    id: uuidV7(),
    organizationId: call.principal.organizationId,
    roleId: roleIdOf('USER'),
    email: email?.toLowerCase() ?? null,
    passwordHash: password === undefined ? null : await passwords.hash(password),
    fullName: full_name.trim(),
    employeeCode: employee_code?.trim() ?? null,
    department: department?.trim() ?? null,
    createdAt: clock.now(),
  };
}

async function storeUser(
  { pool, secretKey }: CreateUserPorts,
  call: CreateUserCall,
  user: NewUser,
  key: string | null,
): Promise<{ stored: UserOut; replayed: boolean }> {
  const { organizationId, actor } = call.principal;
  return withOrganization(pool, organizationId, async (client) => {
    if (key !== null) {
      const bodyHash = fingerprint(call.body.value, secretKey);
      const claim = {
        organizationId,
        principal: actor,
        route: operations.createUser.id,
        key,
        bodyHash,
        resultId: user.id,
      };
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
    const event = newEvent<'user.created'>({
      type: 'user.created',
      organizationId,
      subject: `users/${user.id}`,
      actor,
      correlationId: call.correlationId,
      payload: { user_id: user.id, role_id: roleIdOf('USER') },
      occurredAt: user.createdAt,
    });
    const { full_name, email, employee_code, department, role } = stored;
    await appendAudited(client, event, {
      ...auditContext(call),
      before: null,
      after: { full_name, email, employee_code, department, role },
    });
    return { stored, replayed: false };
  });
}

/** Keyed: the body may hold a password, and a plain hash of a weak one could be guessed. */
function fingerprint(body: UserCreate, secretKey: string): Buffer {
  const { full_name, email, password, employee_code, department } = body;
  const fields = JSON.stringify([full_name, email, password, employee_code, department]);
  return createHmac('sha256', `idempotency of ${secretKey}`).update(fields).digest();
}
