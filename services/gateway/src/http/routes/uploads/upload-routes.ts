import { withOrganization } from '@rollcall/postgres';
import { loadUploadedImages } from '../../../data-access/uploaded-images.js';
import type { Route } from '../../route.js';
import type { RouteParts } from '../create-routes.js';
import { getUploadedImageRoute } from './get-uploaded-image.js';
import { uploadImageRoute } from './upload-image.js';

export function uploadRoutes(parts: RouteParts): Route[] {
  const loadNow = (organizationId: string, id: string) =>
    withOrganization(parts.pool, organizationId, async (client) =>
      (await loadUploadedImages(client, [id], { finished: false })).get(id),
    );
  return [uploadImageRoute({ ...parts, loadNow }), getUploadedImageRoute({ loadNow })];
}
