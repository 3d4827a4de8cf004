/** A group that waits for others to join it. */
export interface Company {
  /** Resolves when the group is large enough or patience is at its end. */
  readonly gathered: Promise<void>;
  /** To be called whenever somebody has joined. */
  grown(): void;
}

/** Waits `patienceMs` at most, and no longer once `isEnough` says so. */
export function gatherCompany(patienceMs: number, isEnough: () => boolean): Company {
  let end: () => void = () => undefined;
  const gathered = new Promise<void>((resolve) => {
    const timer = setTimeout(resolve, patienceMs);
    end = () => {
      clearTimeout(timer);
      resolve();
    };
  });
  return {
    gathered,
    grown() {
      if (isEnough()) end();
    },
  };
}
