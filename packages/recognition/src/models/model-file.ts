import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { RecognitionError } from '../recognition-error.js';
import { fetchAdvice, type ModelEntry } from './manifest.js';

export function sha256Of(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/**
 * The bytes of a prepared model file whose checksum is the manifest's. Throws `MODEL_MISSING` or `MODEL_DAMAGED`,
 * each naming the file and the command that puts it right.
 */
export async function readModelFile(
  modelPath: string,
  entry: Pick<ModelEntry, 'file' | 'sha256'>,
): Promise<Uint8Array> {
  const path = join(modelPath, entry.file);
  let bytes: Uint8Array;
  try {
    bytes = await readFile(path);
  } catch (cause) {
    throw new RecognitionError('MODEL_MISSING', `${path} is missing; ${fetchAdvice}`, { cause });
  }
  if (sha256Of(bytes) !== entry.sha256) {
    throw new RecognitionError(
      'MODEL_DAMAGED',
      `${path} is damaged (its checksum is not the manifest's); ${fetchAdvice}`,
    );
  }
  return bytes;
}
