import type { ProjectionStop } from '@rollcall/contracts';

/** A process by its last heartbeat; what its figures hold is its own matter. */
export interface ProcessRow {
  readonly worker_id: string;
  readonly kind: 'gateway' | 'face-worker' | 'attendance-projector';
  readonly started_at: string;
  readonly silent_seconds: number;
  readonly alive: boolean;
  /** Version of the organization's gallery in a face worker's memory. */
  readonly gallery_version: number | null;
  readonly figures: Readonly<Record<string, unknown>>;
}

export interface QueueRow {
  readonly queued: number;
  readonly processing: number;
  readonly oldest_seconds: number | null;
  readonly installation_queued: number;
  readonly installation_processing: number;
  readonly installation_oldest_seconds: number | null;
}

/** What `system_health_figures` answers. */
export interface HealthFigures {
  readonly database: {
    readonly version: string;
    readonly connections: number;
    readonly max_connections: number;
    readonly size_bytes: number;
  };
  readonly oldest_transaction: {
    readonly pid: number;
    readonly application: string;
    readonly age_seconds: number | null;
    readonly holds_feed: boolean;
  } | null;
  /** Null while no event waits to be read; `transaction` is null when the owner role may not see whose it is. */
  readonly event_log_stall: {
    readonly seconds: number;
    readonly transaction: {
      readonly pid: number | null;
      readonly application: string;
      readonly since: string | null;
      readonly statement: string;
    } | null;
  } | null;
  readonly models: readonly { readonly model_id: string; readonly dimension: number; readonly synthetic: boolean }[];
  readonly processes: readonly ProcessRow[];
  readonly galleries: readonly { readonly model_id: string; readonly version: number; readonly faces: number }[];
  readonly queue: { readonly recognition: QueueRow; readonly registration: QueueRow };
  readonly projections: readonly {
    readonly projection: string;
    readonly checkpoint_at: string;
    readonly lease_holder: string | null;
    readonly leased_until: string | null;
    readonly stopped: ProjectionStop;
  }[];
  readonly notifications: {
    readonly last_24_hours: number;
    readonly critical_last_24_hours: number;
    readonly newest_at: string | null;
  };
  readonly event_feed: {
    readonly epoch: number | null;
    readonly last_event_at: string | null;
    readonly unreadable: number;
    readonly oldest_unreadable_seconds: number | null;
  };
  /** Age of the oldest request not decided, and of the oldest decision not projected; all organizations, 0: none. */
  readonly ledger_gap: { readonly undecided_seconds: number; readonly unprojected_seconds: number };
  readonly object_deletions: {
    readonly waiting: number;
    readonly failing: number;
    readonly oldest_seconds: number | null;
  };
  readonly system_log: {
    readonly warnings_last_hour: number;
    readonly errors_last_hour: number;
    readonly fatal_last_hour: number;
  };
}

/** What the answering gateway process knows itself. */
export interface LocalHealth {
  readonly pool: { readonly connections: number; readonly waiting: number };
  /** Undefined when the storage could not be probed. */
  readonly storage:
    | { readonly writable: boolean; readonly full: boolean; readonly freeBytes: number; readonly totalBytes: number }
    | undefined;
}
