// Runs as a thread of a pipeline child; see die-with-parent.ts.
import { workerData } from 'node:worker_threads';

const { parent, checkEveryMs } = workerData as { readonly parent: number; readonly checkEveryMs: number };

setInterval(() => {
  if (process.ppid !== parent) process.kill(process.pid, 'SIGKILL');
}, checkEveryMs);
