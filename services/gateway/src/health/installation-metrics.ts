import type { Pool } from '@rollcall/postgres';
import type { Metrics } from '@rollcall/service-kit';
import type { HealthFigures, ProcessRow } from '../domain/health/health-figures.js';
import type { ByteBudget } from '../http/reading/byte-budget.js';

export interface InstallationMetricsPorts {
  readonly pools: Readonly<Record<string, Pool>>;
  readonly uploads: ByteBudget;
  /** Figures of the installation, of no organization. */
  readonly load: () => Promise<HealthFigures>;
  readonly onError: (error: unknown) => void;
}

/** Scrapes within this time share one look at the database, ms. */
const SHARED_MS = 5_000;
const KINDS: readonly ProcessRow['kind'][] = ['gateway', 'face-worker', 'attendance-projector'];

/** Figures of this process's connections and of the whole installation; none of them names an organization. */
export function registerInstallationMetrics(metrics: Metrics, ports: InstallationMetricsPorts): void {
  registerOwn(metrics, ports);
  const look = shareForAWhile(ports);
  const gauge = <Label extends string = never>(
    name: string,
    help: string,
    labels: readonly Label[],
    read: (figures: HealthFigures) => readonly (readonly [Partial<Record<Label, string>>, number | null])[],
  ) =>
    metrics.gauge<Label>({
      name,
      help,
      labels,
      async collect(told) {
        told.reset();
        const figures = await look();
        if (figures === undefined) return;
        for (const [label, value] of read(figures)) if (value !== null) told.set(label, value);
      },
    });

  gauge('rollcall_requests_waiting', 'Requests by kind and state, all organizations.', ['kind', 'state'], ({ queue }) =>
    Object.entries(queue).flatMap(([kind, row]) => [
      [{ kind, state: 'queued' }, row.installation_queued],
      [{ kind, state: 'processing' }, row.installation_processing],
    ]),
  );
  gauge('rollcall_request_oldest_age_seconds', 'Age of the oldest request that has not ended.', ['kind'], ({ queue }) =>
    Object.entries(queue).map(([kind, row]) => [{ kind }, row.installation_oldest_seconds ?? 0]),
  );
  gauge('rollcall_processes', 'Processes by kind: alive, or silent for seconds.', ['kind', 'state'], ({ processes }) =>
    KINDS.flatMap((kind) => {
      const rows = processes.filter((row) => row.kind === kind);
      const alive = rows.filter((row) => row.alive).length;
      return [
        [{ kind, state: 'alive' }, alive],
        [{ kind, state: 'silent' }, rows.length - alive],
      ];
    }),
  );
  gauge('rollcall_projection_lag_seconds', 'Age of the oldest event that is not projected.', [], (figures) => [
    [{}, ofProjector(figures, 'lag_seconds')],
  ]);
  gauge('rollcall_projections_stopped', 'Organizations that stand still before an event.', [], (figures) => [
    [{}, ofProjector(figures, 'organizations_stopped')],
  ]);
  gauge('rollcall_projection_lag_events', 'Events that are not projected.', [], (figures) => [
    [{}, ofProjector(figures, 'lag_events')],
  ]);
  gauge(
    'rollcall_ledger_gap_seconds',
    'Age of the oldest thing accepted that has not reached the stage.',
    ['stage'],
    ({ ledger_gap }) => [
      [{ stage: 'decision' }, ledger_gap.undecided_seconds],
      [{ stage: 'projection' }, ledger_gap.unprojected_seconds],
    ],
  );
  gauge('rollcall_scheduled_jobs', 'Jobs by the clock: due, or out of attempts.', ['state'], (figures) => [
    [{ state: 'waiting' }, ofProjector(figures, 'jobs_waiting')],
    [{ state: 'failed' }, ofProjector(figures, 'jobs_failed')],
  ]);
  gauge('rollcall_database_size_bytes', 'Size of the database.', [], ({ database }) => [[{}, database.size_bytes]]);
  gauge('rollcall_database_connections', 'Connections to the database, of anybody.', [], ({ database }) => [
    [{}, database.connections],
  ]);
  gauge('rollcall_oldest_transaction_age_seconds', 'Readers of the event log wait for it.', [], (figures) => [
    [{}, figures.oldest_transaction?.age_seconds ?? 0],
  ]);
  gauge(
    'rollcall_event_log_stalled_seconds',
    'How long events have waited for an older transaction.',
    [],
    (figures) => [[{}, figures.event_log_stall?.seconds ?? 0]],
  );
  gauge('rollcall_object_deletions_waiting', 'Objects whose rows are gone.', [], (figures) => [
    [{}, figures.object_deletions.waiting],
  ]);
}

function registerOwn(metrics: Metrics, { pools, uploads }: InstallationMetricsPorts): void {
  metrics.gauge({
    name: 'rollcall_database_pool_connections',
    help: 'Connections of this process by pool and state; waiting: calls that wait for one.',
    labels: ['pool', 'state'],
    collect(told) {
      for (const [pool, { totalCount, idleCount, waitingCount }] of Object.entries(pools)) {
        told.set({ pool, state: 'busy' }, totalCount - idleCount);
        told.set({ pool, state: 'idle' }, idleCount);
        told.set({ pool, state: 'waiting' }, waitingCount);
      }
    },
  });
  metrics.gauge({
    name: 'rollcall_upload_bytes',
    help: 'Bytes of bodies being read or kept until they are stored.',
    collect: (told) => told.set(uploads.used),
  });
  let told = 0;
  const refused = metrics.counter({
    name: 'rollcall_uploads_refused_total',
    help: 'Uploads refused because too much was being read.',
    collect(counter) {
      counter.inc(uploads.refused - told);
      told = uploads.refused;
    },
  });
  refused.inc(0);
}

function ofProjector({ processes }: HealthFigures, name: string): number | null {
  for (const { kind, alive, figures } of processes) {
    const value = figures[name];
    if (kind === 'attendance-projector' && alive && typeof value === 'number') return value;
  }
  return null;
}

function shareForAWhile({ load, onError }: InstallationMetricsPorts): () => Promise<HealthFigures | undefined> {
  let shared: { readonly figures: Promise<HealthFigures | undefined>; readonly until: number } | undefined;
  return () => {
    const now = performance.now();
    if (shared === undefined || shared.until <= now) {
      const figures = load().catch((error: unknown) => {
        onError(error);
        return undefined;
      });
      shared = { figures, until: now + SHARED_MS };
    }
    return shared.figures;
  };
}
