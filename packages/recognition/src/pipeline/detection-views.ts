import type { Box } from '../analysis.js';

/** A part of the frame the detector looks at, and how it is fitted into the network's input. */
export interface DetectionView {
  /** Pixels of the frame, whole numbers. */
  readonly area: Box;
  /** `stretch` fills the input; `letterbox` keeps the proportions and leaves the rest black. */
  readonly fit: 'stretch' | 'letterbox';
}

/** Share of the frame's sides that a tile covers: neighbours overlap by a third of a tile. */
const tileShare = 0.6;

/** One look at the whole frame: for kiosks and portraits. */
export function singleView(width: number, height: number): DetectionView[] {
  return [{ area: { x: 0, y: 0, width, height }, fit: 'stretch' }];
}

/** The whole frame and 2×2 overlapping tiles: for rooms, where faces are small. */
export function groupViews(width: number, height: number): DetectionView[] {
  const tileWidth = Math.min(width, Math.round(width * tileShare));
  const tileHeight = Math.min(height, Math.round(height * tileShare));
  const tiles = [0, height - tileHeight].flatMap((y) =>
    [0, width - tileWidth].map((x) => ({ x, y, width: tileWidth, height: tileHeight })),
  );
  return [{ x: 0, y: 0, width, height }, ...tiles].map((area) => ({ area, fit: 'letterbox' }));
}

/**
 * Whether a box is cut by a side of the view that is not also a side of the frame. Such a face is seen whole in a
 * neighbouring view, and half a face would be a second, false one.
 */
export function isCutByView(box: Box, view: Box, frame: { width: number; height: number }): boolean {
  const slack = 0.02 * Math.max(view.width, view.height);
  return (
    (view.x > 0 && box.x < view.x + slack) ||
    (view.y > 0 && box.y < view.y + slack) ||
    (view.x + view.width < frame.width && box.x + box.width > view.x + view.width - slack) ||
    (view.y + view.height < frame.height && box.y + box.height > view.y + view.height - slack)
  );
}
