import type { IncomingMessage, ServerResponse } from 'node:http';
import { createHealthRegistry, type HealthRegistry } from './health-registry.js';

export interface ReadinessPorts {
  readonly health: Pick<HealthRegistry, 'report'>;
  readonly isStopping: () => boolean;
}

/**
 * Answers `GET /healthz` (200 while the process answers) and `GET /readyz` (503 once it stops, or when a part it cannot work without
 * does not) of a service that has no HTTP of its own. False when something else was asked for.
 */
export function answerReadiness(
  request: IncomingMessage,
  response: ServerResponse,
  { health, isStopping }: ReadinessPorts,
): boolean {
  const path = request.url?.split('?', 1)[0];
  if (request.method !== 'GET' || (path !== '/healthz' && path !== '/readyz')) return false;
  const answer = (status: number, body: object): void => {
    response.writeHead(status, { 'Content-Type': 'application/json' }).end(JSON.stringify(body));
  };
  if (path === '/healthz') answer(200, { state: 'ok' });
  else if (isStopping()) answer(503, { state: 'stopping' });
  else {
    health.report().then(
      (report) => answer(report.state === 'failed' ? 503 : 200, report),
      () => answer(503, { state: 'failed' }),
    );
  }
  return true;
}

/** Readiness by checks that throw when their part does not work; the words of an error are in the log only. */
export function readinessOf(
  checks: Readonly<Record<string, () => Promise<unknown>>>,
  logger: { warn(fields: object, message: string): void },
): HealthRegistry {
  const health = createHealthRegistry();
  for (const [part, check] of Object.entries(checks)) {
    health.register(part, async () => {
      try {
        await check();
        return { state: 'ok' };
      } catch (error) {
        logger.warn({ part, err: error }, 'a part is not healthy');
        return { state: 'failed', message: `${part} does not work` };
      }
    });
  }
  return health;
}
