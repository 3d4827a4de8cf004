/** Longest wait an answer is held for, seconds. */
export const MAX_WAIT_SECONDS = 30;

export interface WaitPreference {
  readonly seconds: number;
  /** What to answer in Preference-Applied; undefined when nothing was asked for. */
  readonly applied: string | undefined;
}

/**
 * Reads `Prefer: wait=N` (RFC 7240). More than 30 s is cut to 30; what is not understood is ignored, as the RFC says.
 */
export function readWait(header: string | readonly string[] | undefined, defaultSeconds: number): WaitPreference {
  const preferences = String(header ?? '').split(/[,;]/);
  for (const preference of preferences) {
    const match = /^\s*wait\s*=\s*"?(\d{1,9})"?\s*$/i.exec(preference);
    if (match === null) continue;
    const seconds = Math.min(Number(match[1]), MAX_WAIT_SECONDS);
    return { seconds, applied: `wait=${String(seconds)}` };
  }
  const asynchronous = preferences.some((preference) => /^\s*respond-async\s*$/i.test(preference));
  return asynchronous ? { seconds: 0, applied: 'respond-async' } : { seconds: defaultSeconds, applied: undefined };
}
