import type { ImageUploadResponse, RecognizeResponse, RegisterResponse } from '@rollcall/contracts';
import { withOrganization, type ClientBase, type Pool } from '@rollcall/postgres';
import { loadRecognitions } from './data-access/recognition-requests.js';
import { loadRegistrations } from './data-access/registration-requests.js';
import { loadUploadedImages } from './data-access/uploaded-images.js';
import { createResultWaiter, type ResultWaiter } from './waiting/result-waiter.js';

/** Results are looked for this often, also without a ring, while somebody waits, ms. */
const RESULT_POLL_MS = 500;

type LoadFinished<Result> = (
  client: ClientBase,
  ids: readonly string[],
  options: { readonly finished: true },
) => Promise<ReadonlyMap<string, Result>>;

/** What callers wait for that a worker has to do first, put together. */
export interface Results {
  readonly waiters: {
    readonly recognitionResults: ResultWaiter<RecognizeResponse>;
    readonly registrationResults: ResultWaiter<RegisterResponse>;
    readonly uploadResults: ResultWaiter<ImageUploadResponse>;
  };
  start(): void;
  ring(): void;
  stop(): Promise<void>;
}

export function composeResults(pool: Pool, onError: (error: unknown) => void): Results {
  const waiterOf = <Result>(load: LoadFinished<Result>) =>
    createResultWaiter<Result>({
      loadFinished: (organizationId, ids) =>
        withOrganization(pool, organizationId, (client) => load(client, ids, { finished: true })),
      pollIntervalMs: RESULT_POLL_MS,
      onError,
    });
  const waiters = {
    recognitionResults: waiterOf(loadRecognitions),
    registrationResults: waiterOf(loadRegistrations),
    uploadResults: waiterOf(loadUploadedImages),
  };
  const all = Object.values(waiters);
  return {
    waiters,
    start: () => {
      for (const results of all) results.start();
    },
    ring: () => {
      for (const results of all) results.ring();
    },
    async stop() {
      await Promise.all(all.map((results) => results.stop()));
    },
  };
}
