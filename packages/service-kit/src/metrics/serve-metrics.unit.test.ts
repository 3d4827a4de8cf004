import { expect, it } from 'vitest';
import { createMetrics } from './create-metrics.js';
import { exportFigures } from './figure-metrics.js';
import { serveMetrics } from './serve-metrics.js';

it('tells the figures of a process in base units, and nothing else', async () => {
  const figures: Record<string, unknown> = { in_hand: 3, busyMs: 2_500, doorbell: 'listening' };
  const metrics = createMetrics({ service: 'face-worker', version: '1.2.3', processMetrics: false });
  exportFigures(metrics, () => figures, [
    { figure: 'in_hand', name: 'rollcall_requests_in_hand', help: 'Held now.' },
    { figure: 'busyMs', name: 'rollcall_pipeline_busy_seconds_total', help: 'Time at work.', factor: 0.001 },
    { figure: 'frames_failed', name: 'rollcall_frames_failed_total', help: 'Failed.' },
  ]);
  const server = await serveMetrics(metrics, 0);
  try {
    const read = async (path: string, method = 'GET') => {
      // eslint-disable-next-line no-restricted-globals -- this address is not in the document
      const response = await fetch(`http://127.0.0.1:${String(server.port)}${path}`, { method });
      return { status: response.status, text: await response.text() };
    };
    figures['in_hand'] = 4;
    await read('/metrics');
    // Reading twice counts nothing twice.
    const { text } = await read('/metrics');
    expect(text).toContain('rollcall_requests_in_hand{service="face-worker"} 4');
    expect(text).toContain('rollcall_pipeline_busy_seconds_total{service="face-worker"} 2.5');
    expect(text).toContain('rollcall_frames_failed_total{service="face-worker"} 0');
    expect(text).toMatch(/rollcall_build_info\{version="1.2.3",node_version="v[^}]*\} 1/);
    expect((await read('/')).status).toBe(404);
    expect((await read('/metrics', 'POST')).status).toBe(404);
    await expect(serveMetrics(metrics, server.port)).rejects.toThrow('EADDRINUSE');
  } finally {
    await server.close();
  }
});
