import { Worker } from 'node:worker_threads';

const CHECK_EVERY_MS = 500;

/**
 * Ends this process when its parent is gone, in whatever way the parent went. The closed channel tells of it as long as
 * the event loop turns; a frame that never ends would go on for ever as an orphan, so a thread looks at the parent's id
 * as well (an orphan gets another parent) and kills the process from the side.
 */
export function dieWithParent(): void {
  process.on('disconnect', () => process.exit(0));
  const watcher = new Worker(new URL('./parent-watcher.js', import.meta.url), {
    workerData: { parent: process.ppid, checkEveryMs: CHECK_EVERY_MS },
    resourceLimits: { maxOldGenerationSizeMb: 32 },
    argv: [],
    execArgv: [],
    stdout: false,
    stderr: false,
  });
  watcher.unref();
}
