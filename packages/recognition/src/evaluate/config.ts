import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Where the models are when the command line does not say: `MODEL_PATH`, else the repository's models folder. */
export function defaultModelPath(env: NodeJS.ProcessEnv = process.env): string {
  const root = fileURLToPath(new URL('../../../../', import.meta.url));
  return resolve(root, env['MODEL_PATH'] || 'models');
}
