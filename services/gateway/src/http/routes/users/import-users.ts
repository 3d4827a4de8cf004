import { createHmac } from 'node:crypto';
import { operations, type UserImportOut } from '@rollcall/contracts';
import { newEvent } from '@rollcall/event-log';
import { withOrganization, type Pool } from '@rollcall/postgres';
import { AppError, type Clock, newId } from '@rollcall/service-kit';
import { appendAudited } from '../../../data-access/audited-event.js';
import { claimIdempotencyKey } from '../../../data-access/idempotency-keys.js';
import {
  abandonImport,
  beatImport,
  finishImport,
  insertUserImport,
  loadImportResult,
  takeOverImport,
  type UserImport,
} from '../../../data-access/user-imports.js';
import { readImportFile, type FileLine } from '../../../domain/user-import/read-import-file.js';
import { auditContext } from '../../audit-context.js';
import type { Call } from '../../call.js';
import { readIdempotencyKey } from '../../reading/read-idempotency-key.js';
import { reply } from '../../reply.js';
import { defineRoute, type Route } from '../../route.js';
import { runImport } from './run-import.js';

export interface ImportUsersPorts {
  readonly pool: Pool;
  readonly clock: Clock;
  readonly secretKey: string;
  readonly forget: () => void;
}

type ImportCall = Call<typeof operations.importUsers>;

export function importUsersRoute(ports: ImportUsersPorts): Route {
  return defineRoute(operations.importUsers, async (call) => {
    const bytes = fileOf(call);
    const file = readImportFile(bytes);
    if (!file.ok) throw new AppError('MALFORMED_CSV', { errors: [file.problem] });
    if (call.query.dry_run === true) {
      const { pool, clock } = ports;
      const isMine = () => Promise.resolve(true);
      const result = await runImport({ pool, clock, newId, call, importId: null, isMine }, file.lines);
      return reply(200, 'IMPORT_CHECKED', 'Nothing was changed; this is what would happen.', result);
    }
    const begun = await begin(ports, call, bytes);
    if ('result' in begun) {
      const headers = { 'Idempotency-Replayed': 'true' };
      return reply(200, 'USERS_IMPORTED', 'The file was read in before.', begun.result, { headers });
    }
    const result = await carryOut(ports, call, begun.run, file.lines);
    return reply(200, 'USERS_IMPORTED', 'The file was read in.', result);
  });
}

function fileOf({ body }: ImportCall): Buffer {
  if (body.kind === 'text') return body.bytes;
  const [file, ...others] = body.files;
  if (file !== undefined && others.length === 0) return file.bytes;
  const problem = { path: '/file', code: file === undefined ? 'REQUIRED' : 'TOO_MANY', message: 'needs one file' };
  throw new AppError('VALIDATION_FAILED', { errors: [problem] });
}

/** Begins an import, goes on with one whose call was lost, or finds the answer of one that was made before. */
async function begin(
  { pool, secretKey }: ImportUsersPorts,
  call: ImportCall,
  bytes: Buffer,
): Promise<{ readonly run: UserImport } | { readonly result: UserImportOut }> {
  const { organizationId, actor } = call.principal;
  const key = readIdempotencyKey(call.headers['idempotency-key']);
  const run: UserImport = { id: newId(), organizationId, startedBy: actor, attemptId: newId() };
  return withOrganization(pool, organizationId, async (client) => {
    if (key !== null) {
      // Keyed, because a file of few people could be guessed from a plain hash.
      const bodyHash = createHmac('sha256', `idempotency of ${secretKey}`).update(bytes).digest();
      const claim = { organizationId, principal: actor, route: operations.importUsers.id, key, bodyHash };
      const claimed = await claimIdempotencyKey(client, { ...claim, resultId: run.id });
      if (claimed.outcome === 'conflict') throw new AppError('IDEMPOTENCY_KEY_REUSED');
      if (claimed.outcome === 'replayed') {
        const { resultId: id } = claimed;
        const result = await loadImportResult(client, id);
        if (result !== null) return { result };
        if (await takeOverImport(client, id, run.attemptId)) return { run: { ...run, id } };
        throw new AppError('CONFLICT', { message: 'This import is still going on.' });
      }
    }
    await insertUserImport(client, run);
    return { run };
  });
}

async function carryOut(
  { pool, clock, forget }: ImportUsersPorts,
  call: ImportCall,
  run: UserImport,
  lines: Iterable<FileLine>,
): Promise<UserImportOut> {
  const { organizationId } = run;
  try {
    const isMine = (client: Parameters<typeof beatImport>[0]) => beatImport(client, run);
    const result = await runImport({ pool, clock, newId, call, importId: run.id, isMine }, lines);
    await withOrganization(pool, organizationId, async (client) => {
      if (!(await beatImport(client, run))) throw new AppError('CONFLICT');
      await finishImport(client, run.id, result);
      await appendAudited(client, importedEvent(call, run.id, result, clock.now()), auditContext(call));
    });
    return result;
  } catch (error) {
    // What was written stays, and is found unchanged when the file comes again.
    await withOrganization(pool, organizationId, (client) => abandonImport(client, run)).catch(() => undefined);
    throw error;
  } finally {
    forget();
  }
}

function importedEvent(call: ImportCall, importId: string, result: UserImportOut, occurredAt: Date) {
  const { created, updated, unchanged, refused } = result;
  return newEvent<'users.imported'>({
    type: 'users.imported',
    organizationId: call.principal.organizationId,
    subject: `user-imports/${importId}`,
    actor: call.principal.actor,
    correlationId: call.correlationId,
    payload: { import_id: importId, created, updated, unchanged, refused },
    occurredAt,
  });
}
