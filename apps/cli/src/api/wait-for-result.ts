import type { RecognizeResponse, RegisterResponse } from '@rollcall/contracts';
import { setTimeout as delay } from 'node:timers/promises';
import type { ApiClient } from './api-client.js';
import { ApiError } from './api-error.js';

const PENDING = new Set(['queued', 'processing']);
const ASK_EVERY_MS = 250;
const GIVE_UP_AFTER_MS = 180_000;

/**
 * The registration once it is decided.
 *
 * @throws ApiError when it was rejected or failed, or is not decided after three minutes
 */
export async function waitForRegistration(
  client: ApiClient,
  accepted: RegisterResponse,
  signal?: AbortSignal,
): Promise<RegisterResponse> {
  const result = await waitUntilDecided(accepted, () => client.getRegistration(accepted.registration_id), signal);
  if (result.face_registered) return result;
  const code = result.reason ?? 'REGISTRATION_REJECTED';
  const errors = result.rejected.map(({ image_index, code, message }) => ({
    path: `/images/${image_index}`,
    code,
    message,
  }));
  throw new ApiError({ code, status: 0, message: 'The person was not enrolled.', errors, data: result });
}

/** The recognition once it is decided: completed, expired or failed. @throws ApiError when it takes over three minutes */
export function waitForRecognition(
  client: ApiClient,
  accepted: RecognizeResponse,
  signal?: AbortSignal,
): Promise<RecognizeResponse> {
  return waitUntilDecided(accepted, () => client.getRecognition(accepted.recognition_id), signal);
}

async function waitUntilDecided<Result extends { readonly status: string }>(
  accepted: Result,
  ask: () => Promise<Result>,
  signal: AbortSignal | undefined,
): Promise<Result> {
  let latest = accepted;
  for (let waited = 0; PENDING.has(latest.status); waited += ASK_EVERY_MS) {
    if (waited >= GIVE_UP_AFTER_MS) {
      const message = `Not decided after ${GIVE_UP_AFTER_MS / 1000} s: does a face worker run? /readyz says.`;
      throw new ApiError({ code: 'STILL_PENDING', status: 0, message });
    }
    await delay(ASK_EVERY_MS, undefined, signal === undefined ? {} : { signal });
    latest = await ask();
  }
  return latest;
}
