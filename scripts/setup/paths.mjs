import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The clone's root folder. */
export const root = resolve(fileURLToPath(import.meta.url), '../../..');

/** Where results that any clone of this user can share are kept. */
export const cacheFolder = join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'rollcall');

/** Where this clone remembers what has been done (removed together with node_modules, as it should). */
export const stampFolder = join(root, 'node_modules', '.cache', 'rollcall');
