import { operations } from '@rollcall/contracts';
import { AppError, type HealthRegistry, type HealthReport } from '@rollcall/service-kit';
import { refusal, reply } from '../../reply.js';
import { defineRoute, type Route } from '../../route.js';

export interface ReadyzPorts {
  readonly health: Pick<HealthRegistry, 'report'>;
  readonly isStopping: () => boolean;
}

/** Ready means: a frame that is sent now is kept. */
export function readyzRoute({ health, isStopping }: ReadyzPorts): Route {
  const report = shareForAMoment(() => health.report());
  return defineRoute(operations.readyz, async () => {
    const { state, checked_at, parts } = await report();
    const data = {
      state,
      checked_at,
      parts: Object.fromEntries(Object.entries(parts).map(([name, part]) => [name, { ...part }])),
    };
    if (isStopping()) {
      return refusal(new AppError('SERVICE_UNAVAILABLE', { message: 'Shutting down.' }), data);
    }
    if (state === 'failed') {
      return refusal(new AppError('SERVICE_UNAVAILABLE', { message: 'Not ready.' }), data);
    }
    return reply(200, 'READY', 'Ready.', data);
  });
}

const SHARED_MS = 1_000;

/** Anybody may ask: however often they do, the parts are looked at once a second. */
function shareForAMoment(look: () => Promise<HealthReport>): () => Promise<HealthReport> {
  let shared: { readonly report: Promise<HealthReport>; readonly until: number } | undefined;
  return () => {
    const now = performance.now();
    if (shared === undefined || shared.until <= now) shared = { report: look(), until: now + SHARED_MS };
    return shared.report;
  };
}
