import { operations } from '@rollcall/contracts';
import { reply } from '../../reply.js';
import { defineRoute, type Route } from '../../route.js';

export function healthzRoute(): Route {
  return defineRoute(operations.healthz, () => Promise.resolve(reply(200, 'ALIVE', 'Alive.', { state: 'ok' })));
}
