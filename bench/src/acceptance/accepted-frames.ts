import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { LoadOrder } from '../load-generator.js';

/** Sends `order.count` frames from a process of its own; resolves with frames accepted a second. */
export async function sendFrames(order: LoadOrder): Promise<number> {
  const generator = fork(fileURLToPath(new URL('../load-generator.js', import.meta.url)));
  try {
    const startedAt = performance.now();
    const ended = once(generator, 'exit').then(([code]) => {
      throw new Error(`the load generator ended with ${String(code)}`);
    });
    generator.send(order);
    await Promise.race([once(generator, 'message'), ended]);
    return order.count / ((performance.now() - startedAt) / 1_000);
  } finally {
    generator.disconnect();
  }
}

/** Starts the bare server in a process of its own. */
export async function startBareServer(folder: string): Promise<{ url: string; stop: () => void }> {
  const child = fork(fileURLToPath(new URL('./bare-server.js', import.meta.url)), [folder]);
  const [{ port }] = (await once(child, 'message')) as [{ port: number }];
  return {
    url: `http://127.0.0.1:${String(port)}`,
    stop: () => {
      child.disconnect();
    },
  };
}
