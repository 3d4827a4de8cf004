import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { loadConfig } from '@rollcall/service-kit';
import { startSettings } from './start-settings.js';

/** Addresses under which this machine answers as localhost. */
const LOCAL_HOSTS = ['127.0.0.1', '0.0.0.0', '::', '::1'];

/** The Rollcall that belongs to a clone. */
export interface LocalConfig {
  /** The clone's folder. */
  readonly root: string;
  readonly stateDir: string;
  readonly databaseUrl: string | undefined;
  /** Folder of the images and crops. */
  readonly storageRoot: string;
  readonly url: string;
}

/** Seen from dist/local. */
const clone = resolve(fileURLToPath(import.meta.url), '../../../../..');

/** @throws ConfigError that names each wrong variable and what is allowed. */
export function readLocalConfig(root = clone): LocalConfig {
  const file = join(root, '.env');
  if (existsSync(file)) process.loadEnvFile(file);
  const { STATE_DIR, DATABASE_URL, STORAGE_ROOT, HOST, PORT } = loadConfig(startSettings, process.env);
  const stateDir = STATE_DIR === undefined ? join(root, 'storage') : resolve(root, STATE_DIR);
  return {
    root,
    stateDir,
    databaseUrl: DATABASE_URL,
    storageRoot: STORAGE_ROOT === undefined ? join(stateDir, 'objects') : resolve(root, STORAGE_ROOT),
    url: `http://${LOCAL_HOSTS.includes(HOST) ? 'localhost' : HOST}:${PORT}`,
  };
}

/** The environment of this process with another port, for the Rollcall that the demo starts. */
export function environmentWith(port: number): NodeJS.ProcessEnv {
  return { ...process.env, PORT: String(port) };
}
