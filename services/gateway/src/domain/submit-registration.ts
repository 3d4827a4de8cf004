import { createHash } from 'node:crypto';
import type { AcceptedImage } from './accept-images.js';
import type { RegistrationOutcome, RegistrationSubmission } from './registration-submission.js';

/** Photos of one person that were checked. */
export interface Registration {
  readonly organizationId: string;
  readonly userId: string;
  readonly actor: string;
  readonly correlationId: string;
  readonly idempotencyKey: string | null;
  readonly receivedAt: Date;
  /** Uploaded images that come before these. */
  readonly uploadedIds: readonly string[];
  readonly images: readonly AcceptedImage[];
}

export interface SubmitRegistrationPorts {
  readonly newId: () => string;
  readonly newObjectKey: (organizationId: string, now: Date) => string;
  readonly storeObject: (key: string, image: AcceptedImage) => Promise<void>;
  readonly discardObject: (key: string) => Promise<void>;
  /** Whether an error of `commit` means that nothing was written, without a doubt. */
  readonly isSurelyNotCommitted: (error: unknown) => boolean;
  /** Commits request, event and audit details in one transaction. */
  readonly commit: (submission: RegistrationSubmission) => Promise<RegistrationOutcome>;
}

/** Where idempotency keys of enrolments are kept apart from those of other calls. */
const ROUTE = 'registerFaces';

/** As with a frame: objects first, then the rows; without new rows the objects are taken away again. */
export async function submitRegistration(
  registration: Registration,
  ports: SubmitRegistrationPorts,
): Promise<RegistrationOutcome> {
  const keys = registration.images.map(() => ports.newObjectKey(registration.organizationId, registration.receivedAt));
  const discardAll = () => Promise.all(keys.map((key) => ports.discardObject(key)));
  try {
    await storeAll(registration.images, keys, ports);
  } catch (error) {
    await discardAll();
    throw error;
  }
  try {
    const outcome = await ports.commit(toSubmission(registration, keys, ports.newId));
    if (outcome.status !== 'created') await discardAll();
    return outcome;
  } catch (error) {
    if (ports.isSurelyNotCommitted(error)) await discardAll();
    throw error;
  }
}

/** All are waited for, also when one fails: a write still on its way would come after the clean-up. */
async function storeAll(
  images: readonly AcceptedImage[],
  keys: readonly string[],
  ports: SubmitRegistrationPorts,
): Promise<void> {
  const writes = await Promise.allSettled(images.map((image, index) => ports.storeObject(keys[index] ?? '', image)));
  const failed = writes.find((write) => write.status === 'rejected');
  if (failed !== undefined) throw failed.reason;
}

function toSubmission(
  registration: Registration,
  keys: readonly string[],
  newId: () => string,
): RegistrationSubmission {
  const images = registration.images.map((image, index) => ({
    index: registration.uploadedIds.length + index,
    object_key: keys[index] ?? '',
    sha256: image.sha256.toString('hex'),
    content_type: image.contentType,
    byte_size: image.bytes.byteLength,
    width: image.width,
    height: image.height,
  }));
  const sameBody = JSON.stringify([
    registration.userId,
    ...registration.uploadedIds,
    ...images.map(({ sha256 }) => sha256),
  ]);
  return {
    id: newId(),
    organization_id: registration.organizationId,
    event_id: newId(),
    user_id: registration.userId,
    principal: registration.actor,
    route: ROUTE,
    idempotency_key: registration.idempotencyKey,
    body_hash: registration.idempotencyKey === null ? null : createHash('sha256').update(sameBody).digest('hex'),
    requested_by: registration.actor,
    correlation_id: registration.correlationId,
    received_at: registration.receivedAt.toISOString(),
    images,
  };
}
