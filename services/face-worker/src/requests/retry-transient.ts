import { setTimeout as sleep } from 'node:timers/promises';

/** Calls `work` again after each pause while it fails with what may pass; then, or at any other failure, rejects. */
export async function retryTransient<Result>(
  work: () => Promise<Result>,
  isTransient: (error: unknown) => boolean,
  pausesMs: readonly number[],
): Promise<Result> {
  for (let attempt = 0; ; attempt++) {
    try {
      return await work();
    } catch (error) {
      const pauseMs = isTransient(error) ? pausesMs[attempt] : undefined;
      if (pauseMs === undefined) throw error;
      await sleep(pauseMs);
    }
  }
}
