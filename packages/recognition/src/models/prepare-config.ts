import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Where the set-up step reads and writes, from `MODEL_PATH` and `XDG_CACHE_HOME`. */
export function prepareConfig(env: NodeJS.ProcessEnv = process.env): {
  manifestPath: string;
  modelPath: string;
  cacheFolder: string;
} {
  // dist/models/ → the repository's root.
  const root = fileURLToPath(new URL('../../../../', import.meta.url));
  const cache = env['XDG_CACHE_HOME'] || join(homedir(), '.cache');
  return {
    manifestPath: join(root, 'models', 'manifest.json'),
    modelPath: resolve(root, env['MODEL_PATH'] || 'models'),
    cacheFolder: join(cache, 'rollcall', 'models'),
  };
}
