-- The event log in partitions by range of its key. Partitions are tables of the schema event_log, which is not part of the
-- dump: their bounds depend on the transaction ids of the cluster. What was written so far becomes the rest, the partition
-- of everything that has none; make_event_partition() turns it into the first one.
lock table log_identity in exclusive mode;
create schema event_log;
-- Names only: nobody has rights on a partition but through events.
grant usage on schema event_log to rollcall_gateway, rollcall_system;

-- Not an identity column: PostgreSQL 15 and 16 have none in partitions.
create sequence event_positions as bigint;
select setval('event_positions', coalesce(max(position), 0) + 1, false) from events;

alter table events alter column position drop identity;
alter table events alter column position set default nextval('event_positions');
alter table events rename constraint events_pkey to events_rest_pkey;
alter index events_organization_idx rename to events_rest_organization_idx;
alter index events_id_idx rename to events_rest_id_idx;
revoke all on events from rollcall_gateway, rollcall_system;
alter table events rename to events_rest;
alter table events_rest set schema event_log;

create table events (
  like event_log.events_rest including defaults including constraints including comments,
  primary key (epoch, xid, position)
) partition by range (epoch, xid);
create index events_organization_idx on events (organization_id, epoch, xid, position);
create index events_id_idx on events (id);
select separate_organizations('events');
grant select on events to rollcall_gateway, rollcall_system;
alter sequence event_positions owned by events.position;
alter table events attach partition event_log.events_rest default;

create table event_partitions (
  name text primary key,
  from_epoch smallint not null,
  from_xid xid8 not null,
  to_epoch smallint not null,
  to_xid xid8 not null,
  made_at timestamptz not null default now(),
  event_count bigint,
  newest_recorded_at timestamptz,
  archive_sha256 bytea,
  archived_at timestamptz,
  dropped_at timestamptz
);
comment on table event_partitions is 'Partitions of events, each from its first key up to, not including, the next one''s. They touch: what lies above the last is in events_rest. Rows stay when a partition is dropped.';
create unique index event_partitions_from_key on event_partitions (from_epoch, from_xid);
create unique index event_partitions_to_key on event_partitions (to_epoch, to_xid);
grant select on event_partitions to rollcall_gateway, rollcall_system;

create table event_archive_ends (
  organization_id uuid primary key,
  epoch smallint not null,
  xid xid8 not null,
  position bigint not null,
  event_count bigint not null,
  updated_at timestamptz not null default now()
);
comment on table event_archive_ends is 'Up to where the events of an organization are in the archive alone: who has read less gets an answer that says so.';
select separate_organizations('event_archive_ends');
grant select on event_archive_ends to rollcall_gateway, rollcall_system;
