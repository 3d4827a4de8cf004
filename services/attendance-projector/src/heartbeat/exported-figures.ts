import type { FigureMetric } from '@rollcall/service-kit';

/** Figures of the heartbeat under their names for Prometheus. */
export const exportedFigures: readonly FigureMetric[] = [
  { figure: 'batches', name: 'rollcall_projection_batches_total', help: 'Batches applied.' },
  { figure: 'events_projected', name: 'rollcall_projection_events_total', help: 'Events projected.' },
  { figure: 'events_skipped', name: 'rollcall_projection_events_skipped_total', help: 'Events passed over.' },
];
