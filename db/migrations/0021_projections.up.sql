-- An event that cannot be projected stops its organization, and nobody else's, until it can be or until an admin says that it
-- shall be passed over. What was passed over is remembered: a replay passes it over too.

create table projection_stops (
  projection text not null,
  organization_id uuid not null,
  event_id uuid not null,
  event_type text not null,
  from_epoch smallint,
  from_xid xid8,
  from_position bigint,
  epoch smallint not null,
  xid xid8 not null,
  position bigint not null,
  reason text not null check (length(reason) between 1 and 80),
  stopped_at timestamptz not null default now(),
  primary key (projection, organization_id)
);
comment on table projection_stops is 'Where a projection of an organization (the nil uuid: of the installation) stands still, and before which event.';
comment on column projection_stops.from_epoch is 'Where the checkpoint stands; null: before the first event.';
comment on column projection_stops.reason is 'A code word; the message is in system_logs.';
select separate_organizations('projection_stops');

create table projection_skips (
  projection text not null,
  organization_id uuid not null,
  event_id uuid not null,
  event_type text not null,
  failure text not null,
  reason text not null check (length(reason) between 1 and 500),
  skipped_by text not null,
  skipped_at timestamptz not null default now(),
  primary key (projection, organization_id, event_id)
);
comment on table projection_skips is 'Events that were passed over because an admin said so, with the admin''s reason; a replay passes them over too.';
select separate_organizations('projection_skips');

grant select on projection_stops, projection_skips to rollcall_gateway, rollcall_system;
grant insert, update, delete on projection_stops to rollcall_system;
