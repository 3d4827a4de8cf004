import type { Pool } from '@rollcall/postgres';
import { AppError, createWriteGroup, type Metrics } from '@rollcall/service-kit';
import { submitRecognitions } from '../data-access/recognition-submissions.js';
import type { RecognitionSubmission, SubmissionOutcome } from '../domain/recognition-submission.js';
import { isItemError } from './commit-outcome.js';

/** Frames in one statement at most: a few hundred kilobytes of JSON at worst, far below what a statement may take. */
const MAX_BATCH = 100;
/** Frames whose images are stored and which wait for their turn at most: about ten seconds of a busy database. */
const MAX_WAITING = 2_000;
/** Commits that follow one another within this time are load: then a frame waits for others. */
const LOAD_INTERVAL_MS = 25;
/** How long it waits then, ms: about what a commit itself takes on a slow disk. */
const PATIENCE_UNDER_LOAD_MS = 15;
const FRAMES_WORTH_A_COMMIT = 8;

export interface FrameCommit {
  /** Resolves when the frame is committed. @throws AppError SERVICE_UNAVAILABLE when too many wait; otherwise what the commit threw. */
  submit(submission: RecognitionSubmission): Promise<SubmissionOutcome>;
  /** Resolves when nothing is waiting or on its way. */
  drained(): Promise<void>;
}

/** Frames that arrive together are committed together. */
export function createFrameCommit(pool: Pool, metrics: Metrics): FrameCommit {
  const sizes = metrics.histogram({
    name: 'rollcall_frame_commit_size',
    help: 'Frames committed together.',
    buckets: [1, 2, 5, 10, 20, 50, 100],
  });
  let lastCommitAt = -Infinity;
  const group = createWriteGroup({
    write: async (items: readonly RecognitionSubmission[]) => {
      try {
        return await submitRecognitions(pool, items);
      } finally {
        lastCommitAt = performance.now();
      }
    },
    patienceMs: () => (performance.now() - lastCommitAt < LOAD_INTERVAL_MS ? PATIENCE_UNDER_LOAD_MS : 0),
    enough: FRAMES_WORTH_A_COMMIT,
    most: MAX_BATCH,
    waiting: { most: MAX_WAITING, refusal: tooManyWaiting },
    isItemError,
    onWrite: (size) => sizes.observe(size),
  });
  return {
    submit: async (submission) => (await group.submit(submission)).answer,
    drained: () => group.drained(),
  };
}

function tooManyWaiting(): AppError {
  const message = 'Too many frames are waiting; try again.';
  return new AppError('SERVICE_UNAVAILABLE', { message, retryAfterSeconds: 2 });
}
