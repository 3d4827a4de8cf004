import { setTimeout as sleep } from 'node:timers/promises';
import { Rollcall, RollcallError } from '@rollcall/client';

export interface FeedReader {
  readonly name: string;
  /** Ids in the order in which they came, since the run began. */
  readonly seen: string[];
  /** How often it had to begin anew after its last cursor, because what happened did not look passing to the client. */
  readonly restarts: () => number;
  stop(): Promise<void>;
}

const PAUSE_MS = 500;

/**
 * Follows the events of the organization from the beginning with the client that others get, signed in as a person, and
 * goes on after the last event it handled whatever happens.
 */
export function startFeedReader(given: {
  readonly by: 'stream' | 'poll';
  readonly baseUrl: string;
  readonly email: string;
  readonly password: string;
}): FeedReader {
  const stopping = new AbortController();
  const seen: string[] = [];
  let after: string | undefined;
  let restarts = 0;

  const isStopping = (): boolean => stopping.signal.aborted;

  async function follow(): Promise<void> {
    const rollcall = new Rollcall({ baseUrl: given.baseUrl, signal: stopping.signal });
    await rollcall.signIn({ email: given.email, password: given.password });
    const place = after === undefined ? {} : { after };
    for await (const event of rollcall.events({ by: given.by, signal: stopping.signal, ...place })) {
      seen.push(event.id);
      after = event.cursor;
    }
  }

  async function run(): Promise<void> {
    while (!isStopping()) {
      try {
        await follow();
      } catch (error) {
        if (isStopping()) return;
        if (!(error instanceof RollcallError) && !(error instanceof TypeError)) throw error;
        restarts += 1;
        await sleep(PAUSE_MS);
      }
    }
  }

  const running = run();
  return {
    name: given.by,
    seen,
    restarts: () => restarts,
    async stop() {
      stopping.abort();
      await running.catch(() => undefined);
    },
  };
}
