import { expect, it } from 'vitest';
import { createMetrics } from '../metrics/create-metrics.js';
import { serveMetrics } from '../metrics/serve-metrics.js';
import { readinessOf } from './serve-readiness.js';

it('a service without HTTP of its own tells whether it can do its work, until it stops', async () => {
  let stopping = false;
  let broken: Error | undefined;
  const lines: object[] = [];
  const health = readinessOf(
    { database: () => Promise.resolve(), storage: () => (broken ? Promise.reject(broken) : Promise.resolve()) },
    { warn: (fields) => void lines.push(fields) },
  );
  const metrics = createMetrics({ service: 'face-worker', version: '1', processMetrics: false });
  const server = await serveMetrics(metrics, 0, { health, isStopping: () => stopping });
  const ask = async (path: string) => {
    // eslint-disable-next-line no-restricted-globals -- this address is not in the document
    const response = await fetch(`http://127.0.0.1:${String(server.port)}${path}`);
    return { status: response.status, text: await response.text() };
  };
  try {
    expect(await ask('/readyz')).toMatchObject({
      status: 200,
      text: expect.stringContaining('"storage":{"state":"ok"') as string,
    });
    broken = new Error('EROFS: /a/secret/path');
    const failed = await ask('/readyz');
    expect(failed).toMatchObject({ status: 503, text: expect.stringContaining('storage does not work') as string });
    expect(failed.text).not.toContain('secret');
    expect(lines).toEqual([{ part: 'storage', err: broken }]);
    broken = undefined;
    stopping = true;
    expect((await ask('/readyz')).status).toBe(503);
    expect((await ask('/healthz')).status).toBe(200);
    expect((await ask('/metrics')).status).toBe(200);
    expect((await ask('/other')).status).toBe(404);
  } finally {
    await server.close();
  }
});
