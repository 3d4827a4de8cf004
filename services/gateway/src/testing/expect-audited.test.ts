import { auditedEventTypes, buildOpenApi, createAddressIndex, operationList } from '@rollcall/contracts';
import type { Pool } from '@rollcall/postgres';
import { errorTable } from '@rollcall/service-kit';
import { validate as isUuid } from 'uuid';
import { isDeviceKey } from '../auth/device-keys.js';

const findAddress = createAddressIndex(buildOpenApi({ errorTable, version: '0.0.0-test' }));

export interface AnsweredCall {
  readonly method: string;
  readonly path: string;
  readonly status: number;
  readonly headers: Headers;
  /** `If-Match` of the call: the same tag in the answer says that nothing differed. */
  readonly ifMatch: string | undefined;
  readonly authorization: string | undefined;
}

/**
 * Looks whether a call that went well left the event its operation declares, with who called from where, in the words for
 * the trail.
 *
 * @throws Error when it left none: whoever asks later who did it would find nothing.
 */
export async function expectAudited(system: Pool, call: AnsweredCall): Promise<void> {
  if (['GET', 'HEAD', 'OPTIONS'].includes(call.method) || call.status < 200 || call.status > 299) return;
  const id = findAddress(call.method.toLowerCase(), call.path)?.id;
  const operation = operationList.find((candidate) => candidate.id === id);
  if (operation === undefined) return;
  const byDevice = isDeviceKey(call.authorization?.replace(/^Bearer /, '') ?? '');
  const types = auditedEventTypes(operation, byDevice ? 'device' : 'person');
  const requestId = call.headers.get('x-request-id') ?? '';
  const unchanged = call.ifMatch !== undefined && call.headers.get('etag') === call.ifMatch;
  const changesNothing = unchanged || call.headers.has('idempotency-replayed') || call.path.includes('dry_run=true');
  if (types.length === 0 || changesNothing || !isUuid(requestId)) return;
  const { rows } = await system.query<{ type: string; words: boolean }>(
    `select e.type, coalesce(d.detail ? 'request_id' and d.detail ? 'address', false) as words
     from events e left join audit_details d on d.event_id = e.id where e.correlation_id = $1`,
    [requestId],
  );
  const left = rows.find(({ type }) => (types as readonly string[]).includes(type));
  if (left?.words === true) return;
  const found = rows.map(({ type, words }) => (words ? type : `${type} without words`)).join(', ') || 'none';
  throw new Error(`${operation.id} declares ${types.join(' or ')} in the trail, and left ${found}`);
}
