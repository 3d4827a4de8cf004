import type { Image } from '../image/image.js';
import { tensorConverter } from '../image/to-tensor.js';
import type { DetectorEntry } from '../models/manifest.js';
import { outputOf, type OnnxSession } from '../sessions/onnx-session.js';
import { groupViews, isCutByView, singleView, type DetectionView } from './detection-views.js';
import type { Detector } from './detector.js';
import { suppressOverlaps, type ScoredBox } from './suppress-overlaps.js';

/**
 * The RFB-320 detector: `scores` [1, n, 2] with the face at index 1 and `boxes` [1, n, 4], already decoded to
 * x1, y1, x2, y2 as shares of the input.
 */
export function rfbDetector(session: OnnxSession, entry: DetectorEntry): Detector {
  const { input, thresholds } = entry;
  const toTensor = tensorConverter(input);

  async function look(image: Image, view: DetectionView): Promise<ScoredBox[]> {
    const { area } = view;
    const whole = area.width === image.width && area.height === image.height;
    const part = whole ? image : image.region(area);
    const scale = view.fit === 'letterbox' ? Math.min(input.width / area.width, input.height / area.height) : 0;
    const width = scale ? Math.max(1, Math.round(area.width * scale)) : input.width;
    const height = scale ? Math.max(1, Math.round(area.height * scale)) : input.height;
    const fitted = part.resize(width, height).padTo(input.width, input.height);
    const { values, shape } = toTensor(fitted.pixels());
    const outputs = await session.run(values, shape);
    return decodeRfb(outputOf(outputs, 'scores'), outputOf(outputs, 'boxes'), thresholds.score).map((box) => ({
      x: area.x + (box.x * input.width * area.width) / width,
      y: area.y + (box.y * input.height * area.height) / height,
      width: (box.width * input.width * area.width) / width,
      height: (box.height * input.height * area.height) / height,
      score: box.score,
    }));
  }

  return {
    name: entry.name,
    async detect(image, mode) {
      const views = (mode === 'group' ? groupViews : singleView)(image.width, image.height);
      const found: ScoredBox[] = [];
      for (const view of views) {
        const boxes = await look(image, view);
        found.push(...boxes.filter((box) => !isCutByView(box, view.area, image)));
      }
      return suppressOverlaps(found, thresholds.overlap);
    },
    release: () => session.release(),
  };
}

/** Boxes as shares of the network's input whose score is above the threshold. */
export function decodeRfb(scores: Float32Array, boxes: Float32Array, threshold: number): ScoredBox[] {
  const found: ScoredBox[] = [];
  for (let i = 0; i * 2 + 1 < scores.length; i += 1) {
    const score = scores[i * 2 + 1] ?? 0;
    if (!(score > threshold)) continue;
    const [x1 = 0, y1 = 0, x2 = 0, y2 = 0] = boxes.subarray(i * 4, i * 4 + 4);
    if (x2 > x1 && y2 > y1) found.push({ x: x1, y: y1, width: x2 - x1, height: y2 - y1, score });
  }
  return found;
}
