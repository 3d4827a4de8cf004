import { operations, type ImageUploadResponse } from '@rollcall/contracts';
import { AppError } from '@rollcall/service-kit';
import { reply } from '../../reply.js';
import { defineRoute, type Route } from '../../route.js';

export interface GetUploadedImagePorts {
  readonly loadNow: (organizationId: string, id: string) => Promise<ImageUploadResponse | undefined>;
}

export function getUploadedImageRoute({ loadNow }: GetUploadedImagePorts): Route {
  return defineRoute(operations.getUploadedImage, async ({ principal, params }) => {
    const image = await loadNow(principal.organizationId, params.image_id.toLowerCase());
    if (image === undefined) throw new AppError('NOT_FOUND', { message: 'There is no such image (any more).' });
    return reply(200, 'IMAGE_FOUND', 'The uploaded image.', image);
  });
}
