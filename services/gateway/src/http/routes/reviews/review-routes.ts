import type { Route } from '../../route.js';
import type { RouteParts } from '../create-routes.js';
import { assignReviewRoute } from './assign-review.js';
import { assignUnknownFaceRoute } from './assign-unknown-face.js';
import { confirmReviewRoute } from './confirm-review.js';
import { forgetRejectionRoute } from './forget-rejection.js';
import { getReviewCropRoute } from './get-review-crop.js';
import { getReviewRoute } from './get-review.js';
import { listReviewsRoute } from './list-reviews.js';
import { listUnknownFacesRoute } from './list-unknown-faces.js';
import { rejectReviewRoute } from './reject-review.js';
import { rejectUnknownFaceRoute } from './reject-unknown-face.js';

export function reviewRoutes(parts: RouteParts): Route[] {
  return [
    listReviewsRoute(parts),
    getReviewRoute(parts),
    getReviewCropRoute(parts),
    confirmReviewRoute(parts),
    rejectReviewRoute(parts),
    forgetRejectionRoute(parts),
    assignReviewRoute(parts),
    listUnknownFacesRoute(parts),
    assignUnknownFaceRoute(parts),
    rejectUnknownFaceRoute(parts),
  ];
}
