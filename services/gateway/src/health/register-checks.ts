import { statfs } from 'node:fs/promises';
import { INSTALLATION_ID } from '@rollcall/contracts';
import { newObjectKey, type ObjectStore } from '@rollcall/object-store';
import type { Pool } from '@rollcall/postgres';
import { AppError, type Clock, type HealthRegistry, type HealthResult, type Logger } from '@rollcall/service-kit';
import { readHeartbeats } from '../data-access/worker-heartbeats.js';

export interface HealthPorts {
  readonly pool: Pool;
  readonly objects: ObjectStore;
  readonly storageRoot: string;
  readonly clock: Clock;
  readonly logger: Pick<Logger, 'warn'>;
}

/** The others beat every 2 s: three missed beats are a silence. */
const SILENCE_SECONDS = 8;
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
  await pool.query('select 1');
  return { state: 'ok', figures: { connections: pool.totalCount, idle: pool.idleCount, waiting: pool.waitingCount } };
}

/** Writes and deletes a small object: a full or read-only disk is found before a frame finds it. */
async function checkStorage({ objects, storageRoot, clock }: HealthPorts): Promise<HealthResult> {
  const key = newObjectKey(INSTALLATION_ID, clock.now());
  try {
    await objects.put(key, Buffer.from('probe'));
  } catch (error) {
    if (error instanceof AppError && error.code === 'STORAGE_FULL')
      return { state: 'failed', message: 'storage is full' };
    throw error;
  }
  await objects.delete(key);
  const { bavail, bsize } = await statfs(storageRoot);
  return { state: 'ok', figures: { free_bytes: bavail * bsize } };
}

async function checkService({ pool }: HealthPorts, kind: string): Promise<HealthResult> {
  const beat = (await readHeartbeats(pool, SILENCE_SECONDS)).find((heartbeat) => heartbeat.kind === kind);
  if (beat === undefined || beat.alive === 0) return { state: 'failed', message: `no ${kind} is alive` };
  return { state: 'ok', figures: { alive: beat.alive } };
}
