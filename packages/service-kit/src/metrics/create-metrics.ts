import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';

interface MetricOptions<Label extends string> {
  /** Prometheus name: `rollcall_` first, base unit last (`_seconds`, `_bytes`), counters end in `_total`. */
  readonly name: string;
  readonly help: string;
  readonly labels?: readonly Label[];
}

export interface HistogramOptions<Label extends string> extends MetricOptions<Label> {
  /** Upper bounds in the metric's unit, rising. Default: 1 ms to 10 s, for durations in seconds. */
  readonly buckets?: readonly number[];
}

export interface GaugeOptions<Label extends string> extends MetricOptions<Label> {
  /** Sets the figure when it is read; for figures that are cheaper to ask for than to follow. */
  readonly collect?: (gauge: Gauge<Label>) => void | Promise<void>;
}

export interface CounterOptions<Label extends string> extends MetricOptions<Label> {
  /** Brings the count up to date when it is read. */
  readonly collect?: (counter: Counter<Label>) => void;
}

/** The metrics of one process. Each registry is its own: nothing is registered globally, so tests do not meet. */
export interface Metrics {
  readonly registry: Registry;
  readonly contentType: string;
  counter<Label extends string = never>(options: CounterOptions<Label>): Counter<Label>;
  gauge<Label extends string = never>(options: GaugeOptions<Label>): Gauge<Label>;
  histogram<Label extends string = never>(options: HistogramOptions<Label>): Histogram<Label>;
  /** All metrics in the Prometheus text format. */
  render(): Promise<string>;
}

const DURATION_BUCKETS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/**
 * @param options.service set as label `service` on every metric.
 * @param options.version told by `rollcall_build_info`.
 * @param options.processMetrics adds Node's own figures (CPU, memory, event loop lag). Default true.
 */
export function createMetrics(options: {
  readonly service: string;
  readonly version?: string;
  readonly processMetrics?: boolean;
}): Metrics {
  const registry = new Registry();
  registry.setDefaultLabels({ service: options.service });
  if (options.processMetrics !== false) collectDefaultMetrics({ register: registry });
  const { version } = options;
  if (version !== undefined) {
    new Gauge({
      name: 'rollcall_build_info',
      help: 'What is running; always 1.',
      labelNames: ['version', 'node_version'],
      registers: [registry],
    }).set({ version, node_version: process.version }, 1);
  }
  return {
    registry,
    contentType: registry.contentType,
    counter: <Label extends string>(metric: CounterOptions<Label>) => {
      if (!metric.name.endsWith('_total')) throw new TypeError(`counter ${metric.name} must end in _total`);
      const { collect } = metric;
      if (collect === undefined) return new Counter<Label>(configure(registry, metric));
      return new Counter<Label>({
        ...configure(registry, metric),
        collect(this: Counter<Label>) {
          collect(this);
        },
      });
    },
    gauge: <Label extends string>(metric: GaugeOptions<Label>) => {
      const { collect } = metric;
      if (collect === undefined) return new Gauge<Label>(configure(registry, metric));
      return new Gauge<Label>({
        ...configure(registry, metric),
        collect(this: Gauge<Label>) {
          return collect(this);
        },
      });
    },
    histogram: (metric) =>
      new Histogram({ ...configure(registry, metric), buckets: [...(metric.buckets ?? DURATION_BUCKETS)] }),
    render: () => registry.metrics(),
  };
}

function configure<Label extends string>(registry: Registry, metric: MetricOptions<Label>) {
  if (!metric.name.startsWith('rollcall_')) throw new TypeError(`metric ${metric.name} must begin with rollcall_`);
  return { name: metric.name, help: metric.help, labelNames: [...(metric.labels ?? [])], registers: [registry] };
}
