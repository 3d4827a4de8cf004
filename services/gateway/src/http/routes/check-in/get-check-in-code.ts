import { operations } from '@rollcall/contracts';
import type { Clock } from '@rollcall/service-kit';
import type { CheckInCodes } from '../../../auth/check-in-codes.js';
import { reply } from '../../reply.js';
import { defineRoute, type Route } from '../../route.js';

export function getCheckInCodeRoute({ codes, clock }: { readonly codes: CheckInCodes; readonly clock: Clock }): Route {
  return defineRoute(operations.getCheckInCode, ({ principal: { userId, organizationId } }) => {
    const { token, expiresAt, expiresIn } = codes.issue({ userId, organizationId }, clock.now());
    const code = { token, expires_at: expiresAt.toISOString(), expires_in: expiresIn };
    return Promise.resolve(reply(200, 'CODE_ISSUED', 'Show it to a kiosk.', code));
  });
}
