import { describe, expect, it } from 'vitest';
import { greyLevels, tensorConverter } from './to-tensor.js';

const size = { width: 2, height: 1, layout: 'nchw' } as const;
/** Two pixels as blue, green, red. */
const bgr = Uint8Array.of(1, 2, 3, 10, 20, 30);

describe('a network input', () => {
  it('is planes in blue, green, red order for a BGR network', () => {
    const convert = tensorConverter({ ...size, channels: 'bgr', mean: [0, 0, 0], std: [1, 1, 1] });
    expect(convert(bgr)).toEqual({ values: Float32Array.of(1, 10, 2, 20, 3, 30), shape: [1, 3, 1, 2] });
  });

  it('is planes in red, green, blue order for an RGB network', () => {
    const convert = tensorConverter({ ...size, channels: 'rgb', mean: [0, 0, 0], std: [1, 1, 1] });
    expect(convert(bgr).values).toEqual(Float32Array.of(3, 30, 2, 20, 1, 10));
  });

  it('is normalised by the mean and deviation of its own channel', () => {
    const convert = tensorConverter({ ...size, channels: 'rgb', mean: [1, 2, 3], std: [2, 4, 8] });
    expect(convert(bgr).values).toEqual(Float32Array.of(1, 14.5, 0, 4.5, -0.25, 0.875));
  });

  it('takes one mean and deviation for all channels', () => {
    const convert = tensorConverter({ ...size, channels: 'bgr', mean: [127], std: [128] });
    expect(convert(Uint8Array.of(127, 255, 127, 127, 127, 127)).values).toEqual(Float32Array.of(0, 0, 1, 0, 0, 0));
  });

  it('is one plane of weighted grey for a grey network', () => {
    const convert = tensorConverter({ ...size, channels: 'grey', mean: [0], std: [256] });
    const { values, shape } = convert(bgr);
    expect(shape).toEqual([1, 1, 1, 2]);
    expect(values[0]).toBeCloseTo((0.299 * 3 + 0.587 * 2 + 0.114 * 1) / 256, 6);
  });
});

describe('grey levels', () => {
  it('leave a grey pixel as it is', () => {
    expect(greyLevels(Uint8Array.of(77, 77, 77))[0]).toBeCloseTo(77, 4);
  });
});
