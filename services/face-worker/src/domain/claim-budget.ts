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

const NOTHING: ClaimBudget = { registrations: 0, total: 0 };

/**
 * How much to claim now: a frame for every free child and half as many again, two at least, that wait here, so that a
 * child that ends need not wait for the database. While all children are at work the stock is filled up when half of it
 * is gone, which saves every second claim under load.
 *
 * Registrations (3–5 images each) get at most half the children, so that a bulk import and the cameras share the pipeline.
 */
export function claimBudget({ children, images, requests, registrations }: WorkInHand): ClaimBudget {
  const stock = Math.max(2, Math.ceil(children / 2));
  const free = children + stock - images;
  const worthAsking = images < children ? 1 : Math.ceil((stock + 1) / 2);
  const writable = (children + stock) * UNWRITTEN_PER_CHILD - requests;
  const total = Math.min(free, writable);
  if (free < worthAsking || total <= 0) return NOTHING;
  const share = Math.max(1, Math.floor(children / 2));
  return { total, registrations: Math.min(total, Math.max(0, share - registrations)) };
}
