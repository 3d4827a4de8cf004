-- Days that a change of rules or calendar has computed anew, and replays that are under way.

create table recomputation_spans (
  id bigint generated always as identity primary key,
  organization_id uuid not null references organizations (id) on delete cascade,
  user_id uuid,
  from_date date not null,
  to_date date not null,
  slice_from date,
  after_user_id uuid,
  known_epoch smallint not null,
  known_xid xid8 not null,
  cause_id uuid not null,
  correlation_id uuid not null,
  subject text not null,
  requested_at timestamptz not null default now(),
  check (from_date <= to_date),
  check (slice_from between from_date and to_date),
  foreign key (organization_id, user_id) references users (organization_id, id) on delete cascade
);
comment on table recomputation_spans is 'Days still to be computed anew. The projector takes them in instalments, newest dates first, each of which becomes an event; a row shrinks from its end and is gone when nothing is left.';
comment on column recomputation_spans.user_id is 'Null: everybody.';
comment on column recomputation_spans.slice_from is 'Everybody: of the dates from here to to_date, people up to after_user_id are done. Null: nobody is.';
comment on column recomputation_spans.known_xid is 'With known_epoch the place in the log of the newest change behind it.';
comment on column recomputation_spans.cause_id is 'The event of that change.';
create index recomputation_spans_dates_idx on recomputation_spans (organization_id, to_date);
create index recomputation_spans_user_idx on recomputation_spans (organization_id, user_id);
select separate_organizations('recomputation_spans');
-- Days are asked for through request_recomputation, which merges them.
grant select on recomputation_spans to rollcall_gateway;
grant select, update, delete on recomputation_spans to rollcall_system;

create table projection_replays (
  projection text not null,
  organization_id uuid not null,
  began_at timestamptz not null default now(),
  moved_at timestamptz not null default now(),
  primary key (projection, organization_id)
);
comment on table projection_replays is 'Organizations whose log is projected again, until they have caught up: how far they are behind is no illness as long as they move.';
comment on column projection_replays.moved_at is 'When the deletion of the former rows ended; from then on the checkpoint tells.';
select separate_organizations('projection_replays');
grant select, insert, update, delete on projection_replays to rollcall_system;
