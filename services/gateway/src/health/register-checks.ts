import { requireSchema, type Pool } from '@rollcall/postgres';
import type { HealthRegistry, HealthResult, Logger } from '@rollcall/service-kit';
import { readHeartbeats } from '../data-access/worker-heartbeats.js';
import type { StorageProbe } from './probe-storage.js';
import { SILENCE_SECONDS } from './silence.js';

export interface HealthPorts {
  readonly pool: Pool;
  readonly probeStorage: () => Promise<StorageProbe>;
  readonly logger: Pick<Logger, 'warn'>;
}

/** The other services: without them frames wait, but none is lost. */
const OTHERS = ['face-worker', 'attendance-projector'] as const;

/** Registers what readiness looks at. What went wrong is told in the log; the answer, which anybody may read, names the part. */
export function registerHealthChecks(health: HealthRegistry, ports: HealthPorts): void {
  const { logger } = ports;
  const guard = (part: string, check: () => Promise<HealthResult>) => async (): Promise<HealthResult> => {
    try {
      return await check();
    } catch (error) {
      logger.warn({ part, err: error }, 'a part is not healthy');
      return { state: 'failed', message: `${part} does not work` };
    }
  };
  health.register(
    'database',
    guard('database', () => checkDatabase(ports)),
  );
  health.register(
    'storage',
    guard('storage', () => checkStorage(ports)),
  );
  for (const kind of OTHERS) {
    health.register(
      kind,
      guard(kind, () => checkService(ports, kind)),
      { critical: false },
    );
  }
}

async function checkDatabase({ pool }: HealthPorts): Promise<HealthResult> {
  await requireSchema(pool);
  return { state: 'ok', figures: { connections: pool.totalCount, idle: pool.idleCount, waiting: pool.waitingCount } };
}

async function checkStorage({ probeStorage }: HealthPorts): Promise<HealthResult> {
  const { full, freeBytes } = await probeStorage();
  if (full) return { state: 'failed', message: 'storage is full' };
  return { state: 'ok', figures: { free_bytes: freeBytes } };
}

async function checkService({ pool }: HealthPorts, kind: string): Promise<HealthResult> {
  const beat = (await readHeartbeats(pool, SILENCE_SECONDS)).find((heartbeat) => heartbeat.kind === kind);
  if (beat === undefined || beat.alive === 0) return { state: 'failed', message: `no ${kind} is alive` };
  return { state: 'ok', figures: { alive: beat.alive } };
}
