import { RecognitionError } from '../recognition-error.js';
import type { Pipeline, PipelineOptions } from './pipeline.js';

/** Loads the models once and returns the way from image bytes to faces. */
export function createPipeline(options: PipelineOptions): Promise<Pipeline> {
  return Promise.reject(new RecognitionError('MODEL_MISSING', `no models in ${options.modelPath}; run npm run setup`));
}
