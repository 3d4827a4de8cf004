/** One step of a shutdown: its hooks run at once, the next step waits for them, but no longer than the deadline. */
export interface ShutdownPhase<Name extends string = string> {
  readonly name: Name;
  readonly deadlineMs: number;
}

/**
 * The steps of a service. `announce`: no longer ready, and still at work, so that whoever looks at readiness sends no more; `stop-intake`: take nothing new (listener closed, no more claims); `drain`: finish what was
 * taken; `close`: give back connections and files. Together below the 30 s a container is usually given.
 */
export const servicePhases = [
  { name: 'announce', deadlineMs: 5_500 },
  { name: 'stop-intake', deadlineMs: 3_000 },
  { name: 'drain', deadlineMs: 12_000 },
  { name: 'close', deadlineMs: 5_000 },
] as const satisfies readonly ShutdownPhase[];

export type ServicePhase = (typeof servicePhases)[number]['name'];

export interface ShutdownHook {
  readonly name: string;
  /** @param signal aborted when the deadline of the phase has passed. */
  readonly run: (signal: AbortSignal) => void | Promise<void>;
}

export interface PhaseOutcome {
  readonly failed: readonly { readonly name: string; readonly error: unknown }[];
  /** Hooks that had not ended at the deadline. */
  readonly unfinished: readonly string[];
}

/** Runs the hooks of one phase at once and waits for all, at most `deadlineMs`. One that throws does not stop others. */
export async function runPhase(hooks: readonly ShutdownHook[], deadlineMs: number): Promise<PhaseOutcome> {
  const abort = new AbortController();
  const unfinished = new Set(hooks.map((hook) => hook.name));
  const failed: { name: string; error: unknown }[] = [];
  const runs = hooks.map(async (hook) => {
    try {
      await hook.run(abort.signal);
    } catch (error) {
      failed.push({ name: hook.name, error });
    }
    unfinished.delete(hook.name);
  });
  let timer: NodeJS.Timeout | undefined;
  const deadline = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, deadlineMs);
  });
  await Promise.race([Promise.all(runs), deadline]);
  clearTimeout(timer);
  abort.abort();
  return { failed: [...failed], unfinished: [...unfinished] };
}
