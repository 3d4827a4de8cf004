import type { Metrics } from './create-metrics.js';

/** A figure of a heartbeat under its name for Prometheus. */
export interface FigureMetric {
  readonly figure: string;
  /** In Prometheus' units: `_seconds`, `_bytes`; what only rises ends in `_total`. */
  readonly name: string;
  readonly help: string;
  /** From the figure's unit to the metric's. Default 1. */
  readonly factor?: number;
}

/** Tells Prometheus the figures that a process tells in its heartbeat. A figure that is not there now is left out. */
export function exportFigures(
  metrics: Metrics,
  read: () => Readonly<Record<string, unknown>>,
  exported: readonly FigureMetric[],
): void {
  for (const { figure, name, help, factor = 1 } of exported) {
    const value = (): number | undefined => {
      const found = read()[figure];
      return typeof found === 'number' ? found * factor : undefined;
    };
    if (!name.endsWith('_total')) {
      metrics.gauge({ name, help, collect: (gauge) => gauge.set(value() ?? 0) });
      continue;
    }
    metrics.counter({
      name,
      help,
      collect: (counter) => {
        counter.reset();
        counter.inc(Math.max(0, value() ?? 0));
      },
    });
  }
}
