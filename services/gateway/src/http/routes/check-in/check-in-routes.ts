import { createCheckInCodes } from '../../../auth/check-in-codes.js';
import { createCheckInThrottle } from '../../../auth/check-in-throttle.js';
import { createPins } from '../../../auth/pins.js';
import { countSignIn, forgiveSignIn } from '../../../data-access/sign-in-attempts.js';
import type { Route } from '../../route.js';
import type { RouteParts } from '../create-routes.js';
import { checkInRoute } from './check-in.js';
import { getCheckInCodeRoute } from './get-check-in-code.js';
import { removePinRoute } from './remove-pin.js';
import { setOwnPinRoute, setPinRoute } from './set-pin.js';

export function checkInRoutes(parts: RouteParts): Route[] {
  const { pool, clock, secretKey, changeThrottle } = parts;
  const codes = createCheckInCodes(parts);
  const pins = createPins(parts);
  const throttle = createCheckInThrottle({
    count: (keys, window) => countSignIn(pool, keys, window),
    forgive: (keys) => forgiveSignIn(pool, keys),
    clock,
    secretKey,
  });
  return [
    checkInRoute({ ...parts, codes, pins, throttle }),
    getCheckInCodeRoute({ codes, clock }),
    setOwnPinRoute({ pool, clock, pins, changeThrottle }),
    setPinRoute({ pool, clock, pins }),
    removePinRoute({ pool, clock }),
  ];
}
