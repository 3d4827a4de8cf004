import { operations, type PinOut } from '@rollcall/contracts';
import { newEvent } from '@rollcall/event-log';
import { withOrganization, type Pool } from '@rollcall/postgres';
import { AppError, type Clock } from '@rollcall/service-kit';
import type { ChangeThrottle } from '../../../auth/change-throttle.js';
import { drawPin, isTooSimple, type Pins } from '../../../auth/pins.js';
import { appendAudited } from '../../../data-access/audited-event.js';
import { upsertPin } from '../../../data-access/user-pins.js';
import { auditContext } from '../../audit-context.js';
import type { Call } from '../../call.js';
import { reply } from '../../reply.js';
import { defineRoute, type Route } from '../../route.js';

export interface SetPinPorts {
  readonly pool: Pool;
  readonly clock: Clock;
  readonly pins: Pick<Pins, 'hash'>;
}

/** Anybody may set their own PIN, so how often is counted; others' PINs are set by operators, of many people in a row. */
export function setOwnPinRoute(ports: SetPinPorts & { readonly changeThrottle: ChangeThrottle }): Route {
  return defineRoute(operations.setOwnPin, async (call) => {
    const waitSeconds = await ports.changeThrottle.attempt(call.principal.userId);
    if (waitSeconds > 0) throw new AppError('TOO_MANY_REQUESTS', { retryAfterSeconds: waitSeconds });
    const set = await setPin(ports, call, call.principal.userId, call.body.value.pin);
    return reply(200, 'PIN_SET', 'The PIN is in force.', set);
  });
}

export function setPinRoute(ports: SetPinPorts): Route {
  return defineRoute(operations.setPin, async (call) => {
    const { pin } = call.body.value;
    const drawn = pin === undefined ? drawPin() : undefined;
    const set = await setPin(ports, call, call.params.user_id.toLowerCase(), pin ?? drawn ?? '');
    return reply(200, 'PIN_SET', 'The PIN is in force.', { ...set, ...(drawn !== undefined && { pin: drawn }) });
  });
}

type Setter = Pick<Call<typeof operations.setPin>, 'principal' | 'correlationId' | 'requestId' | 'address' | 'headers'>;

async function setPin({ pool, clock, pins }: SetPinPorts, call: Setter, userId: string, pin: string): Promise<PinOut> {
  if (isTooSimple(pin)) {
    const problem = { path: '/pin', code: 'TOO_SIMPLE', message: 'is one that is tried first' };
    throw new AppError('VALIDATION_FAILED', { errors: [problem] });
  }
  const { organizationId, actor, userId: setBy } = call.principal;
  const hash = await pins.hash(userId, pin, { caller: setBy });
  return withOrganization(pool, organizationId, async (client) => {
    const set = await upsertPin(client, { userId, organizationId, hash, setBy });
    if (set === undefined) throw new AppError('USER_NOT_FOUND');
    const event = newEvent<'pin.set'>({
      type: 'pin.set',
      organizationId,
      subject: `users/${userId}`,
      actor,
      correlationId: call.correlationId,
      payload: { user_id: userId },
      occurredAt: clock.now(),
    });
    await appendAudited(client, event, {
      ...auditContext(call),
      before: { has_pin: set.replaced },
      after: { has_pin: true },
    });
    return { user_id: userId, set_at: set.setAt.toISOString() };
  });
}
