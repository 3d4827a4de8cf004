export interface WorkInHand {
  /** Child processes of the pipeline. */
  readonly children: number;
  /** Images that a child works on or that wait for one. */
  readonly images: number;
  /** Claimed requests of either kind that have not ended, those whose result is being written included. */
  readonly requests: number;
  readonly registrations: number;
  /** Whether the last claim got all it asked for: there is more waiting than this worker can take at once. */
  readonly backlog: boolean;
}

export interface ClaimBudget {
  readonly registrations: number;
  /** Recognitions and registrations together. */
  readonly total: number;
}

/** Results that may wait for a slow database before no more frames are claimed, for each child. */
const UNWRITTEN_PER_CHILD = 8;

const NOTHING: ClaimBudget = { registrations: 0, total: 0 };

/** Frames for each child that wait here while there is a backlog: some 120 ms of work. */
const BACKLOG_STOCK_PER_CHILD = 6;

/**
 * How much to claim now: a frame for every free child and a stock that waits here, so that a child that ends need not
 * wait for the database. The stock is half as many as there are children, two at least, so that several workers share
 * what comes evenly; only a backlog, in which nobody can be short of work, is taken in larger portions, because a claim
 * costs much the same for one frame as for eight. While all children are at work the stock is filled up when half of it
 * is gone.
 *
 * Registrations (3–5 images each) get at most half the children, so that a bulk import and the cameras share the pipeline.
 */
export function claimBudget({ children, images, requests, registrations, backlog }: WorkInHand): ClaimBudget {
  const stock = backlog ? children * BACKLOG_STOCK_PER_CHILD : Math.max(2, Math.ceil(children / 2));
  const free = children + stock - images;
  const worthAsking = images < children ? 1 : Math.ceil((stock + 1) / 2);
  const writable = (children + stock) * UNWRITTEN_PER_CHILD - requests;
  const total = Math.min(free, writable);
  if (free < worthAsking || total <= 0) return NOTHING;
  const share = Math.max(1, Math.floor(children / 2));
  return { total, registrations: Math.min(total, Math.max(0, share - registrations)) };
}
