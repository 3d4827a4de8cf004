import type { Pool } from '@rollcall/postgres';
import { AppError, createWriteGroup, type Metrics } from '@rollcall/service-kit';
import { submitPeopleFrames, submitRecognitions } from '../data-access/recognition-submissions.js';
import type { RecognitionSubmission, SubmissionOutcome } from '../domain/recognition-submission.js';
import { isItemError } from './commit-outcome.js';
import { createPaceWatch } from './pace-watch.js';

/** Frames in one statement at most: a few hundred kilobytes of JSON at worst, far below what a statement may take. */
const MAX_BATCH = 100;
/** Frames whose images are stored and which wait for their turn at most: about ten seconds of a busy database. */
const MAX_WAITING = 2_000;
/** Frames that arrive at this pace are load: then a frame waits for others. */
const LOAD = { frames: 10, withinMs: 250 };
/** How long it waits then at most, ms: nobody at a door notices, and a commit wakes every service that listens. */
const PATIENCE_UNDER_LOAD_MS = 100;
/** Once nobody has come for so long, ms, nobody is on the way. */
const REST_MS = 30;
const FRAMES_WORTH_A_COMMIT = 16;

export interface FrameCommit {
  /** Resolves when the frame is committed. @throws AppError SERVICE_UNAVAILABLE when too many wait; otherwise what the commit threw. */
  submit(submission: RecognitionSubmission): Promise<SubmissionOutcome>;
  /** Resolves when nothing is waiting or on its way. */
  drained(): Promise<void>;
}

/**
 * Frames that arrive together are committed together: those of devices, and apart from them those of people, which leave a
 * line in the trail each.
 */
export function createFrameCommit(pool: Pool, metrics: Metrics): FrameCommit {
  const sizes = metrics.histogram({
    name: 'rollcall_frame_commit_size',
    help: 'Frames committed together.',
    buckets: [1, 2, 5, 10, 20, 50, 100],
  });
  const ofDevices = createGroup(
    (items) => submitRecognitions(pool, items),
    (size) => sizes.observe(size),
  );
  const ofPeople = createGroup(
    (items) => submitPeopleFrames(pool, items),
    (size) => sizes.observe(size),
  );
  return {
    submit: (submission) => (submission.trail === undefined ? ofDevices : ofPeople).submit(submission),
    async drained() {
      await Promise.all([ofDevices.drained(), ofPeople.drained()]);
    },
  };
}

type Write = (items: readonly RecognitionSubmission[]) => Promise<readonly SubmissionOutcome[]>;

function createGroup(write: Write, observeSize: (size: number) => void): FrameCommit {
  const pace = createPaceWatch(LOAD);
  const group = createWriteGroup({
    write,
    patienceMs: () => (pace.isFast(performance.now()) ? PATIENCE_UNDER_LOAD_MS : 0),
    // Senders that wait for their answer come again as many as they were: for more than that there is no use in waiting.
    enough: (senders) => Math.min(FRAMES_WORTH_A_COMMIT, Math.max(2, senders)),
    restMs: REST_MS,
    most: MAX_BATCH,
    waiting: { most: MAX_WAITING, refusal: tooManyWaiting },
    isItemError,
    onWrite: observeSize,
  });
  return {
    submit: async (submission) => {
      pace.saw(performance.now());
      return (await group.submit(submission)).answer;
    },
    drained: () => group.drained(),
  };
}

function tooManyWaiting(): AppError {
  const message = 'Too many frames are waiting; try again.';
  return new AppError('SERVICE_UNAVAILABLE', { message, retryAfterSeconds: 2 });
}
