import type { InputSpec } from '../models/manifest.js';

/** Turns interleaved BGR bytes of the network's size into its input, planes in the network's channel order. */
export type ToTensor = (bgr: Uint8Array) => { values: Float32Array; shape: readonly number[] };

/** Weights of red, green and blue in grey (ITU-R BT.601). */
const [redWeight, greenWeight, blueWeight] = [0.299, 0.587, 0.114];

/** Prepares the conversion once: a table of 256 normalised values a channel saves the arithmetic a pixel. */
export function tensorConverter(spec: InputSpec): ToTensor {
  const { width, height } = spec;
  const area = width * height;
  const normalise = (channel: number) => (value: number) =>
    (value - (spec.mean[channel] ?? spec.mean[0] ?? 0)) / (spec.std[channel] ?? spec.std[0] ?? 1);

  if (spec.channels === 'grey') {
    const scale = normalise(0);
    return (bgr) => {
      const values = greyLevels(bgr).map(scale);
      return { values, shape: [1, 1, height, width] };
    };
  }
  const order = spec.channels === 'bgr' ? [0, 1, 2] : [2, 1, 0];
  const tables = order.map((_, plane) =>
    Float32Array.from({ length: 256 }, (_value, level) => normalise(plane)(level)),
  );
  return (bgr) => {
    const values = new Float32Array(3 * area);
    for (let plane = 0; plane < 3; plane += 1) {
      const table = tables[plane] ?? new Float32Array(256);
      const start = plane * area;
      for (let i = 0, at = order[plane] ?? 0; i < area; i += 1, at += 3) {
        values[start + i] = table[bgr[at] ?? 0] ?? 0;
      }
    }
    return { values, shape: [1, 3, height, width] };
  };
}

/** Grey 0..255, not rounded, of interleaved BGR bytes. */
export function greyLevels(bgr: Uint8Array): Float32Array {
  const grey = new Float32Array(bgr.length / 3);
  for (let i = 0, at = 0; i < grey.length; i += 1, at += 3) {
    grey[i] = redWeight * (bgr[at + 2] ?? 0) + greenWeight * (bgr[at + 1] ?? 0) + blueWeight * (bgr[at] ?? 0);
  }
  return grey;
}
