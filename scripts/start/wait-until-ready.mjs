import { setTimeout as sleep } from 'node:timers/promises';

/**
 * Waits until the gateway says that it can serve.
 * @param {string} url of the gateway
 * @param {AbortSignal} signal gives up
 */
export async function waitUntilReady(url, signal) {
  for (;;) {
    signal.throwIfAborted();
    const ready = await fetch(`${url}/readyz`, { signal: AbortSignal.any([signal, AbortSignal.timeout(5000)]) })
      .then(async (answer) => {
        await answer.body?.cancel();
        return answer.ok;
      })
      .catch(() => false);
    if (ready) return;
    await sleep(100, undefined, { signal });
  }
}
