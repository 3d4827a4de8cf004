import { setTimeout as delay } from 'node:timers/promises';

/**
 * Asks `probe` again and again until it answers something truthy and resolves with that.
 * The limit only ends a wait that would never end; it decides no test by its speed.
 * @throws Error naming `what` after `limitMs`, with the last failure of the probe as cause.
 */
export async function waitUntil<T>(
  what: string,
  probe: () => Promise<T | false | null | undefined> | T | false | null | undefined,
  { limitMs = 60_000, everyMs = 50 }: { limitMs?: number; everyMs?: number } = {},
): Promise<T> {
  const until = Date.now() + limitMs;
  let cause: unknown;
  while (Date.now() < until) {
    try {
      const answer = await probe();
      if (answer) return answer;
      cause = undefined;
    } catch (error) {
      cause = error;
    }
    await delay(everyMs);
  }
  throw new Error(`waited ${String(limitMs / 1000)} s in vain: ${what}`, { cause });
}
