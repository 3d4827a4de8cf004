import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createPool, type Pool } from '@rollcall/postgres';
import { startRollcall, type RunningRollcall } from '@rollcall/testkit/rollcall';
import { closeInTurn } from './close-in-turn.js';
import { DatabaseRoutes } from './database-routes.js';
import { DatabaseServer } from './database-server.js';
import { openStorageVolume, type StorageVolume } from './storage-volume.js';
import { ServiceSlot } from './service-slot.js';

/** A whole Rollcall with hands on everything that can break. */
export interface Stage {
  readonly rollcall: RunningRollcall;
  readonly folder: string;
  readonly database: DatabaseServer;
  readonly routes: DatabaseRoutes;
  readonly storage: StorageVolume;
  /** One gateway, two face workers, two projectors. */
  readonly slots: readonly ServiceSlot[];
  /** Of the superuser, past the proxies: looks, and never changes anything. */
  readonly looking: Pool;
  slotsOf(service: ServiceSlot['service']): ServiceSlot[];
  /** File with the milliseconds by which the clock of the slot's process is wrong. */
  clockFile(slot: ServiceSlot): string;
  close(): Promise<void>;
}

const SERVICES = ['gateway', 'face-worker', 'face-worker', 'attendance-projector', 'attendance-projector'] as const;
/** Shorter than by default, so that a round takes seconds; what is tried is the same. */
const CLAIM_LEASE_SECONDS = '4';
const LOOKING = 'rollcall-faults';

export async function openStage(given: { readonly keep: boolean }): Promise<Stage> {
  const folder = await mkdtemp(join(tmpdir(), 'rollcall-faults-'));
  const storage = openStorageVolume(join(folder, 'objects'));
  const routes = new DatabaseRoutes();
  const clocks = SERVICES.map((service, position) => join(folder, `clock-${service}-${position}`));
  for (const file of clocks) await writeFile(file, '0');
  const preload = new URL('../preload/faulty-process.js', import.meta.url).href;
  const env = {
    STORAGE_ROOT: storage.root,
    CLAIM_LEASE_SECONDS,
    WORKER_PROCESSES: '1',
    NODE_OPTIONS: `--import=${preload}`,
  };
  const rollcall = await startRollcall({
    ...{ parentDir: folder, env, services: ['gateway'] },
    serviceEnv: { gateway: { ROLLCALL_FAULT_CLOCK: clocks[0] ?? '' } },
    route: (url, service) => routes.route(url, service),
  });
  const database = await DatabaseServer.takeOver(rollcall.stateDir);
  const slots = SERVICES.map((service, position) => {
    const first = rollcall.processes[position];
    const clock = { ROLLCALL_FAULT_CLOCK: clocks[position] ?? '' };
    const launcher = { start: (name: typeof service, more = {}) => rollcall.start(name, { ...clock, ...more }) };
    const running = position === 0 && first !== undefined ? first : launcher.start(service);
    return new ServiceSlot(launcher, service, `${service}-${position}`, running);
  });
  const looking = createPool({
    ...{ connectionString: database.adminUrl, applicationName: LOOKING, max: 1, onError: () => undefined },
    settings: { statement_timeout: '60s' },
    queryTimeoutMs: 70_000,
  });
  let closing: Promise<void> | undefined;
  async function closeAll(): Promise<void> {
    // A frozen process takes no signal but these.
    for (const slot of slots) if (slot.isRunning) slot.signal('SIGCONT');
    await closeInTurn([
      () => (storage.missing === undefined ? storage.restore() : undefined),
      () => Promise.all(slots.map((slot) => slot.stop('SIGTERM'))),
      () => looking.end(),
      () => routes.close(),
      () => database.close(),
      () => (given.keep ? undefined : rollcall.close()),
      () => storage.close(),
      () => (given.keep ? undefined : rm(folder, { recursive: true, force: true })),
    ]);
    if (given.keep) process.stdout.write(`kept: ${folder}\n`);
  }
  return {
    ...{ rollcall, folder, database, routes, storage, slots, looking },
    slotsOf: (service) => slots.filter((slot) => slot.service === service),
    clockFile: (slot) => clocks[slots.indexOf(slot)] ?? '',
    close: () => (closing ??= closeAll()),
  };
}
