/** A group that waits for others to join it. */
export interface Company {
  /** Resolves when the group is large enough, nobody has joined for a while, or patience is at its end. */
  readonly gathered: Promise<void>;
  /** To be called whenever somebody has joined. */
  grown(): void;
}

/** Waits `patienceMs` at most, no longer once `isEnough` says so, nor once nobody has joined for `restMs`. */
export function gatherCompany(patienceMs: number, isEnough: () => boolean, restMs = patienceMs): Company {
  let end: () => void = () => undefined;
  let rest: NodeJS.Timeout | undefined;
  const gathered = new Promise<void>((resolve) => {
    const patience = setTimeout(() => end(), patienceMs);
    rest = setTimeout(() => end(), restMs);
    end = () => {
      clearTimeout(patience);
      clearTimeout(rest);
      resolve();
    };
  });
  return {
    gathered,
    grown() {
      if (isEnough()) end();
      else rest?.refresh();
    },
  };
}
