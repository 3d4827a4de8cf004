import { createHash } from 'node:crypto';
import type { AcceptedImage } from './accept-images.js';
import { priorityOf } from './queue-place.js';
import type { RecognitionSubmission, SubmissionOutcome, SubmissionTrail } from './recognition-submission.js';

/** A frame that was checked. */
export interface Frame {
  readonly organizationId: string;
  readonly actor: string;
  readonly correlationId: string;
  readonly idempotencyKey: string | null;
  readonly sourceType: string;
  /** The sender's own name for the source. */
  readonly sourceId: string;
  readonly mode: 'single' | 'group' | null;
  readonly capturedAt: Date;
  readonly receivedAt: Date;
  readonly lateArrival: boolean;
  /** Afterwards it is not looked at any more. */
  readonly expiresAt: Date;
  readonly mayCreateSource: boolean;
  readonly image: AcceptedImage;
  /** Where the call of a person came from, for the trail; null: a device's, which leaves no line. */
  readonly calledFrom: Readonly<Record<string, unknown>> | null;
}

/** What a submission needs done: passed in, so that the order of things stands here alone. */
export interface SubmitRecognitionPorts {
  readonly newId: () => string;
  readonly newObjectKey: (organizationId: string, now: Date) => string;
  readonly storeObject: (key: string, image: AcceptedImage) => Promise<void>;
  readonly discardObject: (key: string) => Promise<void>;
  /** Whether an error of `commit` means that nothing was written, without a doubt. */
  readonly isSurelyNotCommitted: (error: unknown) => boolean;
  /** Commits request and event together with its neighbours'. */
  readonly commit: (submission: RecognitionSubmission) => Promise<SubmissionOutcome>;
}

/** Where idempotency keys of frames are kept apart from those of other calls. */
const ROUTE = 'recognizeFaces';

/**
 * The image first, as an object of its own; then request and event in one statement. Without a new request the object
 * is taken away again, so that nothing half-written stays.
 */
export async function submitRecognition(frame: Frame, ports: SubmitRecognitionPorts): Promise<SubmissionOutcome> {
  const objectKey = ports.newObjectKey(frame.organizationId, frame.receivedAt);
  await ports.storeObject(objectKey, frame.image);
  const outcome = await commit(frame, objectKey, ports);
  if (outcome.status !== 'created') await ports.discardObject(objectKey);
  return outcome;
}

async function commit(frame: Frame, objectKey: string, ports: SubmitRecognitionPorts): Promise<SubmissionOutcome> {
  try {
    return await ports.commit(toSubmission(frame, objectKey, ports.newId));
  } catch (error) {
    if (ports.isSurelyNotCommitted(error)) await ports.discardObject(objectKey);
    throw error;
  }
}

function toSubmission(frame: Frame, objectKey: string, newId: () => string): RecognitionSubmission {
  const { image } = frame;
  const sha256 = image.sha256.toString('hex');
  const capturedAt = frame.capturedAt.toISOString();
  const sameBody = JSON.stringify([frame.sourceType, frame.sourceId, capturedAt, frame.mode, sha256]);
  return {
    id: newId(),
    organization_id: frame.organizationId,
    event_id: newId(),
    principal: frame.actor,
    route: ROUTE,
    idempotency_key: frame.idempotencyKey,
    body_hash: frame.idempotencyKey === null ? null : createHash('sha256').update(sameBody).digest('hex'),
    source_type: frame.sourceType,
    source_id: frame.sourceId,
    source_uuid: newId(),
    may_create_source: frame.mayCreateSource,
    captured_at: capturedAt,
    received_at: frame.receivedAt.toISOString(),
    late_arrival: frame.lateArrival,
    mode: frame.mode,
    priority: priorityOf(frame.sourceType),
    expires_at: frame.expiresAt.toISOString(),
    requested_by: frame.actor,
    correlation_id: frame.correlationId,
    image_key: objectKey,
    image_sha256: sha256,
    image_content_type: image.contentType,
    image_bytes: image.bytes.byteLength,
    image_width: image.width,
    image_height: image.height,
    ...(frame.calledFrom !== null && { trail: trailOf(frame, frame.calledFrom, newId()) }),
  };
}

/** A person may say of any frame when and where it was taken: what they said stands beside who they are. */
function trailOf(frame: Frame, calledFrom: Readonly<Record<string, unknown>>, eventId: string): SubmissionTrail {
  const { sourceType, sourceId, capturedAt, receivedAt } = frame;
  const said = { source_type: sourceType, source_id: sourceId, captured_at: capturedAt, received_at: receivedAt };
  return { event_id: eventId, detail: { ...calledFrom, ...said } };
}
