import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bootstrapInstallation, openInstallation } from '@rollcall/db';
import { checkedFetch } from '../contract/checked-fetch.js';
import { freePort } from './free-port.js';
import { repositoryRoot, ServiceProcess, type ServiceName } from './service-process.js';
import { waitUntil } from './wait-until.js';

/** A whole Rollcall of its own: a throwaway cluster and real service processes on a free port of loopback. */
export interface RunningRollcall {
  url: string;
  stateDir: string;
  ownerUrl: string;
  admin: { email: string; password: string };
  organizationId: string;
  /** Starts one more process of a service; `env` overrides. */
  start(service: ServiceName, env?: Record<string, string>): ServiceProcess;
  /** All processes started so far, the ended ones too. */
  processes: ServiceProcess[];
  /** Stops services, then the cluster, and removes the folder. */
  close(): Promise<void>;
}

/** How the Rollcall of a test differs from the default. */
export interface StartOptions {
  /** Folder in which the installation's own is made; the default is the system's for temporary files. */
  parentDir?: string;
  /** Services to start at once; the default is one of each. */
  services?: ServiceName[];
  /** Told of each step of the database's start that takes time. */
  log?: (line: string) => void;
  /** Environment for every service. */
  env?: Record<string, string>;
  /** Environment per service. */
  serviceEnv?: Partial<Record<ServiceName, Record<string, string>>>;
  /** How a service reaches the database; the default is the way it was given. For proxies between them. */
  route?: (databaseUrl: string, service: ServiceName) => Promise<string>;
}

/** Starts Rollcall as `npm start` would, in a temporary folder, and waits until the gateway is ready. */
export async function startRollcall(options: StartOptions = {}): Promise<RunningRollcall> {
  const stateDir = await mkdtemp(join(options.parentDir ?? tmpdir(), 'rollcall-test-'));
  const installation = await openInstallation({ stateDir, log: options.log ?? (() => undefined) });
  const bootstrap = await bootstrapInstallation(installation.ownerUrl, {});
  if (bootstrap.password === undefined) throw new Error('a fresh installation gave no admin password');
  const port = await freePort();
  const url = `http://127.0.0.1:${String(port)}`;
  const processes: ServiceProcess[] = [];
  const common: Record<string, string> = {
    NODE_ENV: 'test',
    STORAGE_ROOT: join(stateDir, 'objects'),
    MODEL_PATH: join(repositoryRoot, 'models'),
    FAISS_INDEX_PATH: join(stateDir, 'galleries'),
    ...options.env,
  };
  const route = options.route ?? ((databaseUrl: string) => Promise.resolve(databaseUrl));
  const own: Record<ServiceName, Record<string, string>> = {
    gateway: {
      DATABASE_URL: await route(installation.gatewayUrl, 'gateway'),
      SECRET_KEY: randomBytes(32).toString('hex'),
      HOST: '127.0.0.1',
      PORT: String(port),
    },
    'face-worker': { DATABASE_URL: await route(installation.systemUrl, 'face-worker') },
    'attendance-projector': { DATABASE_URL: await route(installation.systemUrl, 'attendance-projector') },
  };
  const start = (service: ServiceName, env: Record<string, string> = {}): ServiceProcess => {
    const started = ServiceProcess.start(
      service,
      { ...common, ...own[service], ...options.serviceEnv?.[service], ...env },
      join(stateDir, `${service}-${String(processes.length)}.log`),
    );
    processes.push(started);
    return started;
  };
  const close = async (): Promise<void> => {
    await Promise.all(processes.map((service) => service.stop()));
    await installation.close();
    await rm(stateDir, { recursive: true, force: true });
  };
  try {
    const services = options.services ?? ['gateway', 'face-worker', 'attendance-projector'];
    for (const service of services) start(service);
    const dead = await waitUntil('every service runs and the gateway is ready', async () => {
      const ended = processes.find((service) => !service.isRunning);
      if (ended) return ended;
      return (await checkedFetch(`${url}/readyz`)).status === 200 && 'none';
    });
    if (dead !== 'none') throw new Error(`${dead.name} ended: ${dead.output().slice(-2000)}`);
  } catch (error) {
    await close();
    throw error;
  }
  return {
    url,
    stateDir,
    ownerUrl: installation.ownerUrl,
    admin: { email: bootstrap.email, password: bootstrap.password },
    organizationId: bootstrap.organizationId,
    start,
    processes,
    close,
  };
}
