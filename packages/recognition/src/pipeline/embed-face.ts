import { tensorConverter } from '../image/to-tensor.js';
import type { EmbedderEntry } from '../models/manifest.js';
import { RecognitionError } from '../recognition-error.js';
import { outputOf, type OnnxSession } from '../sessions/onnx-session.js';

/** `dim` numbers of unit length from the aligned face's BGR bytes. */
export type EmbedFace = (aligned: Uint8Array) => Promise<Float32Array>;

export function faceEmbedder(session: OnnxSession, entry: EmbedderEntry): EmbedFace {
  const toTensor = tensorConverter(entry.input);
  return async (aligned) => {
    const { values, shape } = toTensor(aligned);
    const output = outputOf(await session.run(values, shape), 'output');
    if (output.length !== entry.dim) {
      throw new RecognitionError(
        'MODEL_UNSUPPORTED',
        `${entry.name} gives ${output.length} numbers, the manifest says ${entry.dim}`,
      );
    }
    return unitLength(output);
  };
}

/** A copy scaled to length 1. Throws `INFERENCE_FAILED` for a vector without a direction. */
export function unitLength(vector: Float32Array): Float32Array {
  const length = Math.sqrt(vector.reduce((sum, value) => sum + value * value, 0));
  if (!(length > 0) || !Number.isFinite(length)) {
    throw new RecognitionError('INFERENCE_FAILED', 'the embedding has no direction');
  }
  return vector.map((value) => value / length);
}
