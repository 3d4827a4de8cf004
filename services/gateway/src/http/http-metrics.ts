import type { Metrics } from '@rollcall/service-kit';

export interface HttpMetrics {
  observe(operation: string, status: number, seconds: number): void;
}

export function createHttpMetrics(metrics: Metrics): HttpMetrics {
  const duration = metrics.histogram({
    name: 'rollcall_http_request_duration_seconds',
    help: 'Time from the first byte of a request to the end of its answer.',
    labels: ['operation', 'status'],
  });
  return { observe: (operation, status, seconds) => duration.observe({ operation, status: String(status) }, seconds) };
}
