import pg from 'pg';
import type { Projection } from '../events/compose-projection.js';

/** Longer than any test lives. */
export const NO_POLL_MS = 2_000_000_000;

/** The mistake: a plain LISTEN is taken for a promise. No poll, no echo; a connection that broke is not made again. */
export async function wakeByNotifyAlone(connectionString: string, projection: Projection) {
  const listener = new pg.Client({ connectionString });
  listener.on('error', () => undefined);
  await listener.connect();
  await listener.query('listen rollcall_events');
  listener.on('notification', () => projection.ring());
  return {
    /** The other side may be gone: nobody waits for it. */
    close: () => void listener.end().catch(() => undefined),
  };
}
