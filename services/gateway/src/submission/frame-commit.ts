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

export function createFrameCommit(pool: Pool, metrics: Metrics): GroupCommit<RecognitionSubmission, SubmissionOutcome> {
  const sizes = metrics.histogram({
    name: 'rollcall_frame_commit_size',
    help: 'Frames committed together.',
    buckets: [1, 2, 5, 10, 20, 50, 100],
  });
  return createGroupCommit({
    commit: (items) => submitRecognitions(pool, items),
    maxBatch: MAX_BATCH,
    maxWaiting: MAX_WAITING,
    isItemError,
    onCommit: (size) => sizes.observe(size),
  });
}
