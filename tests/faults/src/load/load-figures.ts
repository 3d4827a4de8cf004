/** What the clients have seen; counts only grow. */
export class LoadFigures {
  /** Frames that were given to the gateway, each under a key of its own. */
  offered = 0;
  /** Recognition ids answered with 202, and when each frame was first sent (performance.now). */
  readonly accepted = new Map<string, number>();
  /** Erased faces, and when the erasure was answered (performance.now). */
  readonly erased = new Map<string, number>();
  enrolments = 0;
  /** Frames refused for good, by code. */
  readonly refused = new Map<string, number>();
  /** Attempts that got no answer: nobody listened, the connection broke, or the client hung up. */
  unanswered = 0;
  /** Those of them whose connection broke after it had been made. */
  cut = 0;
  /** Attempts answered with "come back later", by status. */
  readonly putOff = new Map<number, number>();
  /** Keys for which two answers named different requests. */
  readonly forked: string[] = [];
  /** Answers that the OpenAPI document does not know, and whatever else must never happen. */
  readonly broken: string[] = [];
  /** Longest time without a frame accepted, ms; set back by `beginRound`. */
  longestSilenceMs = 0;
  private lastAcceptedAt = performance.now();

  accept(id: string, firstSentAt: number): void {
    if (!this.accepted.has(id)) this.accepted.set(id, firstSentAt);
    this.noteSilence();
    this.lastAcceptedAt = performance.now();
  }

  beginRound(): void {
    this.longestSilenceMs = 0;
    this.lastAcceptedAt = performance.now();
  }

  noteSilence(): void {
    this.longestSilenceMs = Math.max(this.longestSilenceMs, performance.now() - this.lastAcceptedAt);
  }
}

export function countUp<Key>(counts: Map<Key, number>, key: Key): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}
