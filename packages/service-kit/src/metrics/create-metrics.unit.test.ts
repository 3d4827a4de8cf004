import { describe, expect, it } from 'vitest';
import { createMetrics } from './create-metrics.js';

describe('createMetrics', () => {
  it('renders counters, gauges and histograms with the service as a label', async () => {
    const metrics = createMetrics({ service: 'gateway', processMetrics: false });
    const requests = metrics.counter({ name: 'rollcall_requests_total', help: 'Requests.', labels: ['route'] });
    requests.inc({ route: '/faces/recognize' });
    metrics.gauge({ name: 'rollcall_queue_depth', help: 'Waiting.', collect: (gauge) => gauge.set(7) });
    metrics.histogram({ name: 'rollcall_request_seconds', help: 'Time.', buckets: [1, 2] }).observe(1.5);
    const text = await metrics.render();
    expect(text).toContain('rollcall_requests_total{route="/faces/recognize",service="gateway"} 1');
    expect(text).toContain('rollcall_queue_depth{service="gateway"} 7');
    expect(text).toContain('rollcall_request_seconds_bucket{le="2",service="gateway"} 1');
    expect(metrics.contentType).toMatch(/^text\/plain/);
  });

  it('refuses names that break the conventions', () => {
    const metrics = createMetrics({ service: 's', processMetrics: false });
    expect(() => metrics.counter({ name: 'rollcall_requests', help: 'x' })).toThrow(/_total/);
    expect(() => metrics.gauge({ name: 'queue_depth', help: 'x' })).toThrow(/rollcall_/);
  });

  it('keeps two registries apart', async () => {
    const one = createMetrics({ service: 'one', processMetrics: false });
    const two = createMetrics({ service: 'two', processMetrics: false });
    one.gauge({ name: 'rollcall_depth', help: 'x' }).set(1);
    two.gauge({ name: 'rollcall_depth', help: 'x' }).set(2);
    expect(await one.render()).toContain('rollcall_depth{service="one"} 1');
    expect(await two.render()).toContain('rollcall_depth{service="two"} 2');
  });
});
