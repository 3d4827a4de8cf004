import { createHash, timingSafeEqual } from 'node:crypto';
import { operations } from '@rollcall/contracts';
import { AppError, type Metrics } from '@rollcall/service-kit';
import type { Call } from '../../call.js';
import { raw } from '../../reply.js';
import { defineRoute, type Route } from '../../route.js';

export interface MetricsPorts {
  readonly metrics: Metrics;
  /** `METRICS_TOKEN`. */
  readonly metricsToken: string | undefined;
}

/** Figures tell how busy a place is: they are for whoever holds the token, or without one for this machine. */
export function metricsRoute({ metrics, metricsToken }: MetricsPorts): Route {
  return defineRoute(operations.metrics, async (call) => {
    if (metricsToken === undefined) requireLocal(call);
    else requireToken(call, metricsToken);
    return raw(metrics.contentType, await metrics.render());
  });
}

const FORWARDED = ['x-forwarded-for', 'forwarded', 'x-real-ip', 'via'];

/** A proxy on this machine passes on calls of the whole world: what was passed on is not local. */
function requireLocal({ address, headers }: Pick<Call, 'address' | 'headers'>): void {
  const local = address === '::1' || address.startsWith('127.');
  if (local && !FORWARDED.some((name) => headers[name] !== undefined)) return;
  throw new AppError('FORBIDDEN', { message: 'Set METRICS_TOKEN to read the figures from elsewhere.' });
}

function requireToken({ headers }: Pick<Call, 'headers'>, token: string): void {
  const given = headers.authorization ?? '';
  if (!timingSafeEqual(digest(given), digest(`Bearer ${token}`))) throw new AppError('UNAUTHENTICATED');
}

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
