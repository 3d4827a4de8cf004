import { operations, type ImageUploadResponse } from '@rollcall/contracts';
import type { Pool } from '@rollcall/postgres';
import { AppError, type Clock } from '@rollcall/service-kit';
import type { OrganizationSettings } from '../../../data-access/organization-settings.js';
import type { AcceptedImage } from '../../../domain/accept-images.js';
import type { ObjectPorts } from '../../../submission/object-ports.js';
import type { ResultWaiter } from '../../../waiting/result-waiter.js';
import type { Call } from '../../call.js';
import { readWait } from '../../reading/read-prefer.js';
import { requireImages } from '../../reading/require-images.js';
import { reply, type Reply } from '../../reply.js';
import { defineRoute, type Route } from '../../route.js';
import { commitUpload } from './commit-upload.js';

export interface UploadImagePorts {
  readonly pool: Pool;
  readonly clock: Clock;
  readonly settings: OrganizationSettings;
  readonly objectPorts: ObjectPorts;
  readonly uploadResults: ResultWaiter<ImageUploadResponse>;
  readonly loadNow: (organizationId: string, id: string) => Promise<ImageUploadResponse | undefined>;
}

type UploadCall = Call<typeof operations.uploadImage>;

/** Somebody looks at the screen and waits. */
const DEFAULT_WAIT_SECONDS = 10;

export function uploadImageRoute(ports: UploadImagePorts): Route {
  return defineRoute(operations.uploadImage, async (call) => {
    const wait = readWait(call.headers['prefer'], DEFAULT_WAIT_SECONDS);
    const { organizationId } = call.principal;
    const { images } = await ports.settings.of(organizationId);
    const [image] = requireImages([{ path: '/image', bytes: fileOf(call) }], images);
    if (image === undefined) throw new Error('one image was offered and none accepted');
    const { id, replayed } = await storeImage(ports, call, image);
    const finished = await ports.uploadResults.wait(organizationId, id, wait.seconds * 1_000, call.signal);
    const state = finished ?? (await ports.loadNow(organizationId, id));
    if (state === undefined) throw new AppError('NOT_FOUND', { message: 'The image was used or deleted since.' });
    return answer(state, {
      Location: `/v1/ops/upload-image/${id}`,
      ...(wait.applied !== undefined && { 'Preference-Applied': wait.applied }),
      ...(replayed && { 'Idempotency-Replayed': 'true' }),
    });
  });
}

function fileOf({ body }: UploadCall): Buffer {
  const [file, ...others] = body.files;
  if (file === undefined || others.length > 0) {
    throw new AppError('WRONG_IMAGE_COUNT', { message: 'Send one image.' });
  }
  return file.bytes;
}

/** The object first, then its row; without a new row the object is taken away again. */
async function storeImage(
  ports: UploadImagePorts,
  call: UploadCall,
  image: AcceptedImage,
): Promise<{ readonly id: string; readonly replayed: boolean }> {
  const { objectPorts, clock } = ports;
  const now = clock.now();
  const key = objectPorts.newObjectKey(call.principal.organizationId, now);
  try {
    await objectPorts.storeObject(key, image);
  } catch (error) {
    await objectPorts.discardObject(key);
    throw error;
  }
  try {
    const outcome = await commitUpload(ports.pool, call, { id: objectPorts.newId(), key, image, now });
    if (outcome.replayed) await objectPorts.discardObject(key);
    return outcome;
  } catch (error) {
    if (objectPorts.isSurelyNotCommitted(error)) await objectPorts.discardObject(key);
    throw error;
  }
}

function answer(
  state: ImageUploadResponse,
  headers: Readonly<Record<string, string>>,
): Reply<typeof operations.uploadImage> {
  switch (state.status) {
    case 'completed':
      return reply(201, 'IMAGE_UPLOADED', 'The image is stored and judged.', state, { headers });
    case 'failed':
      throw new AppError('SERVICE_UNAVAILABLE', { message: 'The image could not be judged; send it again.' });
    case 'queued':
    case 'processing':
      return reply(202, 'IMAGE_ACCEPTED', 'The image is stored; ask for its verdict at Location.', state, {
        headers: { ...headers, 'Retry-After': '1' },
      });
  }
}
