import type { Pool } from '@rollcall/postgres';
import type { Metrics } from '@rollcall/service-kit';
import { submitRecognitions } from '../data-access/recognition-submissions.js';
import type { RecognitionSubmission, SubmissionOutcome } from '../domain/recognition-submission.js';
import { isItemError } from './commit-outcome.js';
import { createGroupCommit, type GroupCommit } from './group-commit.js';

/** Frames in one statement at most: a few hundred kilobytes of JSON at worst, far below what a statement may take. */
const MAX_BATCH = 100;
/** Frames whose images are stored and which wait for their turn at most: about ten seconds of a busy database. */
const MAX_WAITING = 2_000;
/** Commits that follow one another within this time are load: then a frame waits for others. */
const LOAD_INTERVAL_MS = 25;
/** How long it waits then, ms: about what a commit itself takes on a slow disk. */
const PATIENCE_UNDER_LOAD_MS = 15;
const FRAMES_WORTH_A_COMMIT = 8;

export function createFrameCommit(pool: Pool, metrics: Metrics): GroupCommit<RecognitionSubmission, SubmissionOutcome> {
  const sizes = metrics.histogram({
    name: 'rollcall_frame_commit_size',
    help: 'Frames committed together.',
    buckets: [1, 2, 5, 10, 20, 50, 100],
  });
  let lastCommitAt = -Infinity;
  return createGroupCommit({
    commit: async (items) => {
      try {
        return await submitRecognitions(pool, items);
      } finally {
        lastCommitAt = performance.now();
      }
    },
    patienceMs: () => (performance.now() - lastCommitAt < LOAD_INTERVAL_MS ? PATIENCE_UNDER_LOAD_MS : 0),
    enough: FRAMES_WORTH_A_COMMIT,
    maxBatch: MAX_BATCH,
    maxWaiting: MAX_WAITING,
    isItemError,
    onCommit: (size) => sizes.observe(size),
  });
}
