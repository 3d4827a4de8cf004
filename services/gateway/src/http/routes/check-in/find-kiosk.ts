import { newEvent } from '@rollcall/event-log';
import { withOrganization, type Pool } from '@rollcall/postgres';
import { AppError, newId } from '@rollcall/service-kit';
import { appendAudited } from '../../../data-access/audited-event.js';
import { findKiosk, insertKiosk, type Kiosk, type KioskName } from '../../../data-access/check-ins.js';
import { auditContext } from '../../audit-context.js';
import type { Call, Principal } from '../../call.js';

type Caller = Pick<Call, 'correlationId' | 'requestId' | 'address' | 'headers'> & { readonly principal: Principal };

/** Which source a check-in names: a kiosk, or the device itself, whatever it is (a door camera may have a keypad). */
export function kioskOf(principal: Principal, sourceId: string): KioskName {
  if (principal.kind === 'user') return { sourceType: 'kiosk', externalId: sourceId };
  const { sourceType, sourceId: own } = principal.source;
  if (own === sourceId) return { sourceType, externalId: own };
  throw new AppError('FORBIDDEN', {
    message: 'This device key is for its own source only.',
    errors: [{ path: '/source_id', code: 'OTHER_SOURCE', message: 'is not the source of this key' }],
  });
}

/**
 * The kiosk a check-in names; one that is not known becomes known where the organization's settings allow it.
 *
 * @throws NOT_FOUND, CONFLICT when it is switched off.
 */
export async function openKiosk(
  pool: Pool,
  call: Caller,
  name: KioskName,
  { mayCreate, now }: { readonly mayCreate: boolean; readonly now: Date },
): Promise<Kiosk> {
  const { organizationId, actor } = call.principal;
  const kiosk = await withOrganization(pool, organizationId, async (client) => {
    const known = await findKiosk(client, name);
    if (known !== undefined || !mayCreate || name.sourceType !== 'kiosk') return known;
    const id = newId();
    if (await insertKiosk(client, { id, organizationId, externalId: name.externalId })) {
      const event = newEvent<'source.discovered'>({
        type: 'source.discovered',
        organizationId,
        subject: `sources/${id}`,
        actor,
        correlationId: call.correlationId,
        payload: { source_id: id, source_type: 'kiosk' },
        occurredAt: now,
      });
      await appendAudited(client, event, auditContext(call));
    }
    return findKiosk(client, name);
  });
  if (kiosk === undefined) {
    const errors = [{ path: '/source_id', code: 'UNKNOWN_SOURCE', message: 'is no kiosk of this organization' }];
    throw new AppError('NOT_FOUND', { message: 'There is no such kiosk.', errors });
  }
  if (!kiosk.isActive) throw new AppError('CONFLICT', { message: 'This kiosk is switched off.' });
  return kiosk;
}
