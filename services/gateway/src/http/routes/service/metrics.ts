import { operations } from '@rollcall/contracts';
import type { Metrics } from '@rollcall/service-kit';
import { raw } from '../../reply.js';
import { defineRoute, type Route } from '../../route.js';

export function metricsRoute({ metrics }: { readonly metrics: Metrics }): Route {
  return defineRoute(operations.metrics, async () => raw(metrics.contentType, await metrics.render()));
}
