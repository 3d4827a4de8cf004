import type { Box, FaceLiveness } from '../analysis.js';
import type { Image } from '../image/image.js';
import { tensorConverter } from '../image/to-tensor.js';
import type { LivenessEntry } from '../models/manifest.js';
import { outputOf, type OnnxSession } from '../sessions/onnx-session.js';

export type JudgeLiveness = (image: Image, box: Box) => Promise<FaceLiveness>;

/** How far around the face the network looks, in sides of the face: it judges by the surroundings. */
const widest = 2.7;

export const livenessNotRun: FaceLiveness = { score: 0, verdict: 'unknown' };

/** `output` [1, 3]: softmax over live and two kinds of attack, live first. One still image is one signal, not proof. */
export function livenessJudge(session: OnnxSession, entry: LivenessEntry, threshold: number): JudgeLiveness {
  const toTensor = tensorConverter(entry.input);
  return async (image, box) => {
    const area = livenessArea(box, image);
    if (!area) return livenessNotRun;
    const part = image.region(area).resize(entry.input.width, entry.input.height);
    const { values, shape } = toTensor(part.pixels());
    const score = firstOfSoftmax(outputOf(await session.run(values, shape), 'output'));
    return { score, verdict: score >= threshold ? 'live' : 'spoof' };
  };
}

/**
 * The square around the face, enlarged as far as the image allows up to 2.7 times, moved inside the image. Undefined
 * when the image has no room for it.
 */
export function livenessArea(box: Box, image: { readonly width: number; readonly height: number }): Box | undefined {
  const face = Math.max(box.width, box.height);
  const scale = Math.min((image.height - 1) / face, (image.width - 1) / face, widest);
  const side = Math.floor(face * scale);
  if (side < 2) return undefined;
  const at = (centre: number, limit: number) =>
    Math.min(Math.max(0, Math.round(centre - side / 2)), Math.max(0, limit - side));
  return {
    x: at(box.x + box.width / 2, image.width),
    y: at(box.y + box.height / 2, image.height),
    width: side,
    height: side,
  };
}

function firstOfSoftmax(values: Float32Array): number {
  const most = Math.max(...values);
  const powers = [...values].map((value) => Math.exp(value - most));
  return (powers[0] ?? 0) / powers.reduce((sum, power) => sum + power, 0);
}
