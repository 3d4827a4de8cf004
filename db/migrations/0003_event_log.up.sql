-- The event log and its readers. Sequence order is not commit order: readers order by (epoch, xid, position) and read
-- the current epoch only below pg_snapshot_xmin(pg_current_snapshot()).
-- organization_id is the nil uuid for events of the installation itself, so there is no foreign key.

create table log_identity (
  epoch smallint primary key,
  system_identifier bigint not null,
  timeline integer not null,
  started_at timestamptz not null default now()
);
comment on table log_identity is 'One row an epoch. A restore starts a new epoch: transaction ids begin anew in another cluster, and go back in one restored to an earlier moment.';

create table events (
  epoch smallint not null,
  xid xid8 not null default pg_current_xact_id(),
  position bigint generated always as identity,
  organization_id uuid not null,
  id uuid not null,
  type text not null check (type ~ '^[a-z_]+(\.[a-z_]+)+$'),
  version smallint not null default 1,
  subject text not null,
  actor text not null,
  correlation_id uuid not null,
  causation_id uuid,
  payload jsonb not null,
  occurred_at timestamptz not null,
  recorded_at timestamptz not null default clock_timestamp(),
  primary key (epoch, xid, position)
);
comment on column events.subject is 'What it is about: users/ID, recognitions/ID, faces/ID …';
comment on column events.actor is 'user:ID, device:ID or system:NAME.';
comment on column events.payload is 'Ids and enumerations only: no personal text, image, embedding, password or token.';
create index events_organization_idx on events (organization_id, epoch, xid, position);
create index events_id_idx on events (id);
select separate_organizations('events');

create table derived_ids (
  id uuid primary key,
  organization_id uuid not null
);
comment on table derived_ids is 'Ids (uuid v5 of source event and kind) of derived events: a replay never writes one twice. Never partitioned, so that the key holds for ever.';
select separate_organizations('derived_ids');

create table projection_checkpoints (
  projection text not null,
  organization_id uuid not null,
  epoch smallint not null,
  xid xid8 not null,
  position bigint not null,
  updated_at timestamptz not null default now(),
  primary key (projection, organization_id)
);
create table projection_leases (
  projection text not null,
  organization_id uuid not null,
  holder uuid not null,
  leased_until timestamptz not null,
  primary key (projection, organization_id)
);
select separate_organizations('projection_checkpoints');
select separate_organizations('projection_leases');

create table worker_heartbeats (
  worker_id uuid primary key,
  kind text not null check (kind in ('gateway', 'face-worker', 'attendance-projector')),
  graphile_worker_id text,
  hostname text not null,
  pid integer not null,
  started_at timestamptz not null default now(),
  beat_at timestamptz not null default now(),
  figures jsonb not null default '{}'
);
comment on table worker_heartbeats is 'Silent workers are found here: their graphile-worker jobs are freed and their row goes.';

create table notifications (
  epoch smallint not null,
  xid xid8 not null default pg_current_xact_id(),
  position bigint generated always as identity,
  id uuid primary key,
  organization_id uuid not null references organizations (id) on delete cascade,
  user_id uuid,
  role_id smallint references roles (id) on delete restrict,
  type text not null,
  severity text not null default 'info' check (severity in ('info', 'warning', 'critical')),
  subject text not null,
  payload jsonb not null default '{}',
  event_id uuid not null,
  created_at timestamptz not null,
  foreign key (organization_id, user_id) references users (organization_id, id) on delete cascade,
  check ((user_id is null) <> (role_id is null))
);
comment on column notifications.role_id is 'A notification goes to one person (user_id) or to everybody of a role or a higher one.';
create index notifications_user_idx on notifications (organization_id, user_id, epoch, xid, position);
create index notifications_role_idx on notifications (organization_id, role_id, epoch, xid, position) where role_id is not null;
select separate_organizations('notifications');

create table notification_reads (
  notification_id uuid not null references notifications (id) on delete cascade,
  organization_id uuid not null,
  user_id uuid not null,
  read_at timestamptz not null default now(),
  primary key (notification_id, user_id),
  foreign key (organization_id, user_id) references users (organization_id, id) on delete cascade
);
select separate_organizations('notification_reads');

grant select on log_identity to rollcall_gateway, rollcall_system;
grant select on events to rollcall_gateway, rollcall_system;
grant select, insert on derived_ids to rollcall_system;
grant select, insert, update on projection_checkpoints, projection_leases to rollcall_system;
grant delete on projection_checkpoints to rollcall_system;
grant select on projection_checkpoints to rollcall_gateway;
grant select, insert, update, delete on worker_heartbeats to rollcall_gateway, rollcall_system;
grant select on notifications to rollcall_gateway;
grant select, insert on notifications to rollcall_system;
grant select, insert on notification_reads to rollcall_gateway;
