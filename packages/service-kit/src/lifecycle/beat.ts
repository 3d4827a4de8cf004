export interface BeatOptions {
  readonly everyMs: number;
  readonly beat: () => Promise<void>;
  readonly onError: (error: unknown) => void;
}

/** Calls `beat` now and then every so often, never twice at once. A beat that fails is told and the next one comes. */
export function startBeating({ everyMs, beat, onError }: BeatOptions): { stop(): Promise<void> } {
  let running: Promise<void> | undefined;

  function beatOnce(): void {
    running ??= beat()
      .catch(onError)
      .finally(() => {
        running = undefined;
      });
  }

  const timer = setInterval(beatOnce, everyMs);
  beatOnce();
  return {
    async stop() {
      clearInterval(timer);
      await running;
    },
  };
}
