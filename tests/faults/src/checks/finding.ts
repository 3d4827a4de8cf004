/** What a check found: figures for the line of the round, and what is not as it should be. */
export interface Finding {
  readonly figures: string;
  readonly lost: readonly string[];
  readonly doubled: readonly string[];
  /** Neither lost nor doubled, but wrong. */
  readonly wrong: readonly string[];
}

export function finding(figures: string, given: Partial<Omit<Finding, 'figures'>> = {}): Finding {
  return { figures, lost: given.lost ?? [], doubled: given.doubled ?? [], wrong: given.wrong ?? [] };
}
