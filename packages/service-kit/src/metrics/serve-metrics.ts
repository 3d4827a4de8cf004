import { createServer } from 'node:http';
import { answerReadiness, type ReadinessPorts } from '../health/serve-readiness.js';
import type { Metrics } from './create-metrics.js';

export interface MetricsServer {
  readonly port: number;
  close(): Promise<void>;
}

/**
 * Answers `GET /metrics` on this machine (127.0.0.1) only, and `GET /readyz` and `/healthz` when told how, for a service that has
 * no HTTP of its own.
 *
 * @throws the error of `listen` when the port is taken.
 */
export async function serveMetrics(metrics: Metrics, port: number, readiness?: ReadinessPorts): Promise<MetricsServer> {
  const server = createServer({ requestTimeout: 5_000 }, (request, response) => {
    if (readiness !== undefined && answerReadiness(request, response, readiness)) return;
    if (request.method !== 'GET' || request.url?.split('?', 1)[0] !== '/metrics') {
      response.writeHead(404).end();
      return;
    }
    metrics.render().then(
      (text) => response.writeHead(200, { 'Content-Type': metrics.contentType }).end(text),
      () => response.writeHead(500).end(),
    );
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  const address = server.address();
  return {
    port: typeof address === 'object' && address !== null ? address.port : port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
