import type { Server } from 'node:http';

export interface CallTracker {
  /** Resolves when no call is being answered any more. */
  idle(): Promise<void>;
}

/** Follows the calls of a server. Connections do not tell: some are kept, some never send anything. */
export function trackCalls(server: Server): CallTracker {
  let active = 0;
  let resolvers: (() => void)[] = [];
  server.on('request', (_request, response) => {
    active += 1;
    response.once('close', () => {
      active -= 1;
      if (active > 0) return;
      for (const resolve of resolvers) resolve();
      resolvers = [];
    });
  });
  return {
    idle: () => (active === 0 ? Promise.resolve() : new Promise((resolve) => resolvers.push(resolve))),
  };
}
