import { Type, type Static, type TObject } from '@sinclair/typebox';
import { nullable, oneOf, strict, Timestamp, Uuid } from '../schema/primitives.js';
import { ProjectionStop } from './projections.js';

export const HealthState = oneOf(['ok', 'degraded', 'failed'], {
  description: '`degraded`: works worse than it should; `failed`: does not work.',
});
export type HealthState = Static<typeof HealthState>;

const Count = Type.Integer({ minimum: 0 });
const Seconds = Type.Number({ minimum: 0 });

function part<const Figures extends TObject>(figures: Figures) {
  const why = Type.String({ description: 'Why it is not ok.' });
  // Null when they could not be found out.
  return Type.Object({ state: HealthState, message: Type.Optional(why), figures: nullable(figures) }, strict);
}

const Process = {
  worker_id: Uuid,
  alive: Type.Boolean(),
  silent_seconds: Type.Number({ minimum: 0, description: 'Since its last sign of life; one comes every 2 s.' }),
  started_at: Timestamp,
  memory_bytes: nullable(Count),
};

const Queue = Type.Object(
  {
    queued: Count,
    processing: Count,
    oldest_seconds: nullable(Seconds),
    installation_queued: Count,
    installation_processing: Count,
    installation_oldest_seconds: nullable(Seconds),
  },
  { ...strict, description: "The organization's own requests, and those of all organizations as counts." },
);

const Database = Type.Object(
  {
    version: Type.String({ examples: ['18.4'] }),
    connections: Count,
    max_connections: Count,
    size_bytes: Count,
    pool_connections: Type.Integer({ minimum: 0, description: 'Connections of the answering gateway process.' }),
    pool_waiting: Type.Integer({ minimum: 0, description: 'Calls that wait for one of them.' }),
    oldest_transaction: nullable(
      Type.Object(
        {
          pid: Type.Integer(),
          application: Type.String(),
          age_seconds: nullable(Seconds),
          holds_feed: Type.Boolean({ description: 'It has written: readers of the event log wait for its end.' }),
        },
        strict,
      ),
    ),
  },
  strict,
);

const Storage = Type.Object(
  {
    writable: Type.Boolean(),
    free_bytes: nullable(Count),
    total_bytes: nullable(Count),
    deletions_waiting: Type.Integer({ minimum: 0, description: 'Objects whose rows are gone; all organizations.' }),
    deletions_failing: Count,
    oldest_deletion_seconds: nullable(Seconds),
  },
  strict,
);

const FaceWorkers = Type.Object(
  {
    alive: Count,
    silent: Count,
    galleries: Type.Array(Type.Object({ model_id: Type.String(), version: Count, faces: Count }, strict), {
      description: "The organization's galleries in the database.",
    }),
    processes: Type.Array(
      Type.Object(
        {
          ...Process,
          model_id: nullable(Type.String()),
          synthetic: Type.Boolean(),
          children: Count,
          busy: Count,
          waiting: Count,
          in_hand: Count,
          gallery_version: nullable(
            Type.Integer({ minimum: 0, description: "Version of the organization's gallery in its memory." }),
          ),
          doorbell: nullable(Type.String()),
        },
        strict,
      ),
    ),
  },
  strict,
);

const Projector = Type.Object(
  {
    alive: Count,
    silent: Count,
    lag_seconds: nullable(Seconds),
    lag_events: nullable(Count),
    organizations_behind: nullable(Count),
    events_skipped: Count,
    projections: Type.Array(
      Type.Object(
        {
          projection: Type.String(),
          checkpoint_at: Timestamp,
          lease_holder: nullable(Uuid),
          leased_until: nullable(Timestamp),
          stopped: ProjectionStop,
        },
        strict,
      ),
      { description: "The organization's." },
    ),
    processes: Type.Array(Type.Object({ ...Process, doorbell: nullable(Type.String()) }, strict)),
  },
  strict,
);

export const SystemHealthOut = Type.Object(
  {
    state: HealthState,
    checked_at: Timestamp,
    parts: Type.Object(
      {
        database: part(Database),
        storage: part(Storage),
        models: part(
          Type.Object(
            {
              known: Type.Array(
                Type.Object({ model_id: Type.String(), dimension: Count, synthetic: Type.Boolean() }, strict),
              ),
              in_use: Type.Array(Type.String()),
              synthetic: Type.Boolean({ description: 'A worker gives faces random vectors: nothing can be trusted.' }),
            },
            strict,
          ),
        ),
        gateways: part(
          Type.Object({ alive: Count, silent: Count, processes: Type.Array(Type.Object(Process, strict)) }, strict),
        ),
        face_workers: part(FaceWorkers),
        queue: part(Type.Object({ recognition: Queue, registration: Queue }, strict)),
        projector: part(Projector),
        event_feed: part(
          Type.Object(
            {
              epoch: nullable(Count),
              last_event_at: nullable(Timestamp),
              unreadable: Type.Integer({
                minimum: 0,
                description: "The organization's events that wait for an older transaction to end, 1,000 at most.",
              }),
              oldest_unreadable_seconds: nullable(Seconds),
            },
            strict,
          ),
        ),
        notifications: part(
          Type.Object(
            { last_24_hours: Count, critical_last_24_hours: Count, newest_at: nullable(Timestamp) },
            { ...strict, description: "The organization's." },
          ),
        ),
        scheduled_jobs: part(
          Type.Object(
            { waiting: nullable(Count), failed: nullable(Count), oldest_due_seconds: nullable(Seconds) },
            strict,
          ),
        ),
        system_log: part(
          Type.Object(
            { warnings_last_hour: Count, errors_last_hour: Count, fatal_last_hour: Count },
            { ...strict, description: "Lines of the organization and of the installation's own." },
          ),
        ),
      },
      strict,
    ),
  },
  { ...strict, title: 'SystemHealthOut' },
);
export type SystemHealthOut = Static<typeof SystemHealthOut>;
