import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { root } from './paths.mjs';
import { runCommand } from './run-command.mjs';
import { SetUpError } from './set-up-error.mjs';

/**
 * `npm ci` without install scripts: what must be built is built by the steps that follow, by name. (npm 10 knows no
 * list of allowed scripts, and some scripts download from hosts that may be out of reach.)
 * @param {(text: string) => void} tell
 */
export async function installNpmPackages(tell) {
  if (await isInstalled(root)) return 'there already';
  tell('npm ci --ignore-scripts');
  const [command, ...prefix] = npmCommand();
  const started = Date.now();
  const timer = setInterval(() => tell(`npm ci, ${Math.round((Date.now() - started) / 1000)} s`), 1000);
  const args = ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--prefer-offline', '--loglevel=error'];
  const { code, output } = await runCommand(command, [...prefix, ...args], { cwd: root }).finally(() =>
    clearInterval(timer),
  );
  if (code !== 0) {
    throw new SetUpError(
      'npm ci failed: see its words above; check that the npm registry can be reached, and try again',
      {
        // the reason comes first, the usage of `npm ci` last
        details: output
          .split('\n')
          .filter((line) => /\S/.test(line))
          .slice(0, 12)
          .join('\n'),
      },
    );
  }
  return 'installed';
}

/** The npm that runs us, else the one on the path. */
function npmCommand() {
  const script = process.env.npm_execpath;
  if (script && /npm-cli\.js$/.test(script) && existsSync(script)) return [process.execPath, script];
  return ['npm'];
}

/** Compares what npm says is in node_modules with the lock file. @param {string} root */
export async function isInstalled(root) {
  const wanted = await readLock(join(root, 'package-lock.json'));
  const present = await readLock(join(root, 'node_modules', '.package-lock.json'));
  if (!wanted) throw new SetUpError('package-lock.json is missing or damaged: git checkout package-lock.json');
  if (!present) return false;
  return Object.entries(wanted).every(([path, { version, integrity, link, optional, devOptional, peer }]) => {
    if (path === '') return true;
    const there = present[path];
    // left out on purpose: made for another system
    if (!there) return Boolean(optional || devOptional || peer);
    if (there.version !== version || there.integrity !== integrity) return false;
    return !link || existsSync(join(root, path));
  });
}

async function readLock(file) {
  try {
    return JSON.parse(await readFile(file, 'utf8')).packages;
  } catch {
    return undefined;
  }
}
