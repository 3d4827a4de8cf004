import { operations } from '@rollcall/contracts';
import { withOrganization, type Pool } from '@rollcall/postgres';
import type { Clock, Logger } from '@rollcall/service-kit';
import { loadHealthFigures } from '../../../data-access/system-health.js';
import { judgeHealth } from '../../../domain/health/judge-health.js';
import type { StorageProbe } from '../../../health/probe-storage.js';
import { SILENCE_SECONDS } from '../../../health/silence.js';
import { reply } from '../../reply.js';
import { defineRoute, type Route } from '../../route.js';

export interface SystemHealthPorts {
  readonly pool: Pool;
  readonly probeStorage: () => Promise<StorageProbe>;
  readonly clock: Clock;
  readonly logger: Pick<Logger, 'warn'>;
}

/** 200 whatever the state is: the question was answered. `/readyz` is for those who only look at the status. */
export function getSystemHealthRoute({ pool, probeStorage, clock, logger }: SystemHealthPorts): Route {
  const known = async <Value>(part: string, look: () => Promise<Value>): Promise<Value | undefined> => {
    try {
      return await look();
    } catch (error) {
      logger.warn({ part, err: error }, 'the state of a part could not be found out');
      return undefined;
    }
  };
  return defineRoute(operations.getSystemHealth, async ({ principal }) => {
    const [figures, storage] = await Promise.all([
      known('database', () =>
        withOrganization(pool, principal.organizationId, (client) => loadHealthFigures(client, SILENCE_SECONDS)),
      ),
      known('storage', probeStorage),
    ]);
    const connections = { connections: pool.totalCount, waiting: pool.waitingCount };
    const health = judgeHealth(figures, { pool: connections, storage });
    return reply(200, 'SYSTEM_HEALTH', `The system is ${health.state}.`, {
      ...health,
      checked_at: clock.now().toISOString(),
    });
  });
}
