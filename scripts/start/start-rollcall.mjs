import { join, resolve } from 'node:path';
import { firstAdmin } from './first-admin.mjs';
import { InstanceRecord } from './instance-record.mjs';
import { requireFreePort } from './require-free-port.mjs';
import { loadOrCreateSecretKey } from './secret-key.mjs';
import { Service } from './service.mjs';
import { StartError } from './start-error.mjs';
import { waitUntilReady } from './wait-until-ready.mjs';

const READY_MILLISECONDS = 120_000;
/** A service that ends so often before Rollcall was ever ready will not get better by itself. */
const HOPELESS_FAILURES = 3;
/** Services have 20 s to finish (service-kit), then some to spare. */
const STOP_MILLISECONDS = 25_000;

/**
 * Starts database, roles, migrations and the three services, and waits until they serve.
 *
 * @param {object} options
 * @param {string} options.root the clone
 * @param {NodeJS.ProcessEnv} options.env configuration; what is not set gets the default of an installation in `root`
 * @param {(text: string) => void} options.say progress
 * @param {(service: string, text: string) => void} options.log lines of the services
 * @param {(admin: { email: string, password: string }) => void} options.onAdmin the first start's administrator, told once
 * @param {AbortSignal} [options.signal] gives up starting
 * @returns {Promise<{ url: string, stop(): Promise<void>, kill(): void }>}
 * @throws StartError
 */
export async function startRollcall({ root, env, say, log, onAdmin, signal = new AbortController().signal }) {
  const stateDir = resolve(root, env.STATE_DIR || 'storage');
  const host = env.HOST || '127.0.0.1';
  const port = Number(env.PORT || 8000);
  if (!Number.isInteger(port) || port < 1 || port > 65_535)
    throw new StartError(`PORT must be 1 to 65535, not ${env.PORT}`);
  const adminOptions = firstAdmin(env);

  const cleanUps = [];
  const services = [];
  const stop = async () => {
    // Nothing new comes in, then what was taken is finished, then the database goes.
    const gateways = services.filter(({ name }) => name === 'gateway');
    await Promise.all(gateways.map((service) => service.stop(STOP_MILLISECONDS)));
    await Promise.all(services.map((service) => service.stop(STOP_MILLISECONDS)));
    for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
  };
  const kill = () => services.forEach((service) => service.kill());

  try {
    const record = await InstanceRecord.claim(stateDir, say);
    cleanUps.push(() => record.release());
    await requireFreePort(host, port);

    // Not before: it is compiled by the set-up.
    const { bootstrapInstallation, openInstallation } = await import('@rollcall/db');
    const installation = await openInstallation({
      stateDir,
      log: say,
      requireDurable: true,
      ...(env.DATABASE_URL ? { databaseUrl: env.DATABASE_URL } : {}),
    });
    cleanUps.push(() => installation.close());
    installation.keepRunning((line) => log('database', line));
    signal.throwIfAborted();
    const admin = await bootstrapInstallation(installation.ownerUrl, adminOptions);
    if (admin.password !== undefined) onAdmin({ email: admin.email, password: admin.password });

    const hopeless = new AbortController();
    const events = {
      line: log,
      changed: () => void noteServices(),
      died: (name, how, failures) => {
        log(name, `${how}${failures >= HOPELESS_FAILURES ? ' again' : ''}`);
        if (failures >= HOPELESS_FAILURES)
          hopeless.abort(new StartError(`${name} does not start: its lines above say why`));
      },
    };
    let noting = Promise.resolve();
    const noteServices = () => {
      noting = noting.then(() => record.noteServices(services.flatMap(({ pid }) => pid ?? []))).catch(() => undefined);
    };
    cleanUps.push(() => noting);
    for (const { name, env: own } of await serviceSettings({ root, env, stateDir, host, port, installation })) {
      const entry = join(root, 'services', name, 'dist/main.js');
      services.push(new Service({ name, entry, env: own, events }));
    }
    services.forEach((service) => service.start());

    const url = `http://${['0.0.0.0', '::', '127.0.0.1'].includes(host) ? 'localhost' : host}:${port}`;
    const late = AbortSignal.timeout(READY_MILLISECONDS);
    const giveUp = AbortSignal.any([signal, hopeless.signal, late]);
    await waitUntilReady(url.replace('localhost', '127.0.0.1'), giveUp).catch((error) => {
      if (hopeless.signal.aborted) throw hopeless.signal.reason;
      throw late.aborted
        ? new StartError(`Rollcall was not ready in ${READY_MILLISECONDS / 1000} s: see the lines above`)
        : error;
    });
    // Whoever looks for the Rollcall of this folder finds it also on another port.
    noting = noting.then(() => record.noteAddress(url)).catch(() => undefined);
    await noting;
    return { url, stop, kill };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Each service gets the whole environment, the installation's folders, and a database role and secrets of its own only. */
async function serviceSettings({ root, env, stateDir, host, port, installation }) {
  const { SECRET_KEY, SECRET_KEY_PREVIOUS, ...inherited } = withoutEmpty(env);
  const common = {
    NODE_ENV: 'production',
    FAISS_INDEX_PATH: join(stateDir, 'galleries'),
    MODEL_PATH: join(root, 'models'),
    ...inherited,
    STORAGE_ROOT: env.STORAGE_ROOT ? resolve(root, env.STORAGE_ROOT) : join(stateDir, 'objects'),
  };
  return [
    {
      name: 'gateway',
      env: {
        ...common,
        DATABASE_URL: installation.gatewayUrl,
        SECRET_KEY: SECRET_KEY || (await loadOrCreateSecretKey(join(stateDir, 'secrets/secret-key'))),
        ...(SECRET_KEY_PREVIOUS ? { SECRET_KEY_PREVIOUS } : {}),
        HOST: host,
        PORT: String(port),
      },
    },
    { name: 'face-worker', env: { ...common, DATABASE_URL: installation.systemUrl } },
    { name: 'attendance-projector', env: { ...common, DATABASE_URL: installation.systemUrl } },
  ];
}

/** A setting without a value counts as not set: it must not hide the installation's own. */
function withoutEmpty(env) {
  return Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ''));
}
