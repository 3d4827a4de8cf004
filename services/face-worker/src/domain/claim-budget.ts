export interface WorkInHand {
  /** Child processes of the pipeline. */
  readonly children: number;
  /** Images that a child works on or that wait for one. */
  readonly images: number;
  /** Claimed requests of either kind that have not ended, those whose result is being written included. */
  readonly requests: number;
  readonly registrations: number;
}

export interface ClaimBudget {
  readonly registrations: number;
  /** Recognitions and registrations together. */
  readonly total: number;
}

/** Results that may wait for a slow database before no more frames are claimed, for each child. */
const UNWRITTEN_PER_CHILD = 8;

/**
 * How much to claim now: a frame for every free child and one more, so that a child that ends finds the next frame here
 * and need not wait for the database. Registrations (3–5 images each) get at most half the children, so that a bulk
 * import and the cameras share the pipeline.
 */
export function claimBudget({ children, images, requests, registrations }: WorkInHand): ClaimBudget {
  const lookAhead = 1;
  const free = children + lookAhead - images;
  const writable = (children + lookAhead) * UNWRITTEN_PER_CHILD - requests;
  const total = Math.max(0, Math.min(free, writable));
  const share = Math.max(1, Math.floor(children / 2));
  return { total, registrations: Math.min(total, Math.max(0, share - registrations)) };
}
