import type { FailedRequestOut } from '@rollcall/contracts';
import { newEvent } from '@rollcall/event-log';
import { withOrganization, type ClientBase, type Pool } from '@rollcall/postgres';
import { AppError, type Clock, type ErrorCode } from '@rollcall/service-kit';
import { appendAudited } from '../../../data-access/audited-event.js';
import { loadRequest, type RequestChange } from '../../../data-access/failed-requests.js';
import { auditContext } from '../../audit-context.js';
import type { Call } from '../../call.js';

export interface ChangedRequest {
  readonly request: FailedRequestOut;
  /** It was so already: nothing was written. */
  readonly unchanged: boolean;
}

export interface RequestChangePorts {
  readonly pool: Pool;
  readonly clock: Clock;
}

type AnyCall = Pick<Call, 'principal' | 'correlationId' | 'requestId' | 'address' | 'headers'>;

const refusals: Readonly<Partial<Record<RequestChange['status'], ErrorCode>>> = {
  not_found: 'NOT_FOUND',
  not_failed: 'REQUEST_NOT_FAILED',
  discarded: 'REQUEST_PUT_ASIDE',
  images_gone: 'REQUEST_IMAGES_GONE',
};

/**
 * Changes a request that had failed or expired, with its event and its words for the trail in one transaction.
 *
 * @throws NOT_FOUND, REQUEST_NOT_FAILED, REQUEST_PUT_ASIDE, REQUEST_IMAGES_GONE
 */
export function changeRequest(
  { pool, clock }: RequestChangePorts,
  call: AnyCall,
  wish: {
    readonly requestId: string;
    readonly eventId: string;
    readonly type: 'request.requeued' | 'request.discarded';
    readonly change: (client: ClientBase) => Promise<RequestChange>;
  },
): Promise<ChangedRequest> {
  const { organizationId, actor } = call.principal;
  const { requestId, type } = wish;
  return withOrganization(pool, organizationId, async (client) => {
    const change = await wish.change(client);
    const refusal = refusals[change.status];
    if (refusal !== undefined) throw new AppError(refusal);
    if (change.status === 'changed') {
      const { kind, endedAs, reason } = change;
      const event = newEvent<typeof type>({
        id: wish.eventId,
        type,
        organizationId,
        subject: `${kind}s/${requestId}`,
        actor,
        correlationId: call.correlationId,
        payload: { request_id: requestId, kind, ended_as: endedAs, reason },
        occurredAt: clock.now(),
      });
      const after = type === 'request.requeued' ? { status: 'queued' } : { status: endedAs, discarded: true };
      await appendAudited(client, event, { ...auditContext(call), before: { status: endedAs, reason }, after });
    }
    const request = await loadRequest(client, requestId);
    if (request === undefined) throw new AppError('NOT_FOUND');
    return { request, unchanged: change.status === 'unchanged' };
  });
}
