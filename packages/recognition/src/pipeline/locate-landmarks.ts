import type { Box, FivePoints, Point } from '../analysis.js';
import type { Image } from '../image/image.js';
import { tensorConverter } from '../image/to-tensor.js';
import type { LandmarksEntry } from '../models/manifest.js';
import { outputOf, type OnnxSession } from '../sessions/onnx-session.js';

export type LocateLandmarks = (image: Image, box: Box) => Promise<FivePoints>;

/** The square of the box's height around its centre, in whole pixels: what the landmark network was made for. */
export function landmarkSquare(box: Box): Box {
  const side = Math.max(1, Math.round(box.height));
  return {
    x: Math.round(box.x + box.width / 2 - side / 2),
    y: Math.round(box.y + box.height / 2 - side / 2),
    width: side,
    height: side,
  };
}

/** `output` [1, 136]: 68 points (the iBUG order) as x, y shares of the square. */
export function landmarkLocator(session: OnnxSession, entry: LandmarksEntry): LocateLandmarks {
  const toTensor = tensorConverter(entry.input);
  return async (image, box) => {
    const square = landmarkSquare(box);
    const face = image.region(square).resize(entry.input.width, entry.input.height);
    const { values, shape } = toTensor(face.pixels());
    const output = outputOf(await session.run(values, shape), 'output');
    return fivePoints(output).map(({ x, y }) => ({
      x: square.x + x * square.width,
      y: square.y + y * square.height,
    })) as unknown as FivePoints;
  };
}

/** Eyes as the mean of the four lid points, nose tip, mouth corners as the mean of outer and inner. */
function fivePoints(points: Float32Array): FivePoints {
  const mean = (...indices: number[]): Point => ({
    x: indices.reduce((sum, i) => sum + (points[i * 2] ?? 0), 0) / indices.length,
    y: indices.reduce((sum, i) => sum + (points[i * 2 + 1] ?? 0), 0) / indices.length,
  });
  return [mean(37, 38, 40, 41), mean(43, 44, 46, 47), mean(30), mean(48, 60), mean(54, 64)];
}
