import { spawn, spawnSync } from 'node:child_process';

const ENTERED = '--in-mount-namespace';

/**
 * Runs this program again in a mount namespace of its own, where that is allowed: what it mounts is seen by nobody else
 * and goes away with it, however it ends. Resolves with the exit code of that run, or with undefined when this process
 * should go on itself.
 */
export async function enterMountNamespace(args: readonly string[]): Promise<number | undefined> {
  if (args.includes(ENTERED) || !isAllowed()) return undefined;
  const child = spawn('unshare', [...unshare, process.execPath, ...process.argv.slice(1), ENTERED], {
    stdio: 'inherit',
  });
  // Ctrl-C reaches both of us; the child decides when it is done.
  process.on('SIGINT', () => undefined);
  process.on('SIGTERM', () => child.kill('SIGTERM'));
  return new Promise((resolve) => child.once('exit', (code) => resolve(code ?? 1)));
}

export function withoutNamespaceMark(args: readonly string[]): string[] {
  return args.filter((arg) => arg !== ENTERED);
}

const unshare = ['--mount', '--propagation', 'private'];

function isAllowed(): boolean {
  return process.platform === 'linux' && spawnSync('unshare', [...unshare, 'true']).status === 0;
}
