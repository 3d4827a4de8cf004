import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createPool, type Pool } from '@rollcall/postgres';
import { startRollcall, type RunningRollcall, type ServiceName } from '@rollcall/testkit/rollcall';
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

const labelOf = (service: ServiceName, position: number): string => `${service}-${position}`;

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
  const directUrls = new Map<ServiceName, string>();
  const rollcall = await startRollcall({
    ...{ parentDir: folder, env, services: ['gateway'] },
    serviceEnv: { gateway: { ROLLCALL_FAULT_CLOCK: clocks[0] ?? '' } },
    route: (url, service) => {
      directUrls.set(service, url);
      // The others have several processes, and each gets a way of its own below.
      return service === 'gateway' ? routes.route(url, labelOf(service, 0)) : Promise.resolve(url);
    },
  });
  const database = await DatabaseServer.takeOver(rollcall.stateDir);
  const slots: ServiceSlot[] = [];
  for (const [position, service] of SERVICES.entries()) {
    const label = labelOf(service, position);
    const own: Record<string, string> = { ROLLCALL_FAULT_CLOCK: clocks[position] ?? '' };
    if (position > 0) own['DATABASE_URL'] = await routes.route(directUrls.get(service) ?? '', label);
    const launcher = { start: (name: ServiceName, more = {}) => rollcall.start(name, { ...own, ...more }) };
    const first = position === 0 ? rollcall.processes[0] : undefined;
    slots.push(new ServiceSlot(launcher, service, label, first ?? launcher.start(service)));
  }
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
