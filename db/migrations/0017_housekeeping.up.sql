-- What grows must be kept small: marks of what was read, answers nobody can ask for any more, a table nobody used.

create table notification_marks (
  organization_id uuid not null,
  user_id uuid not null,
  audience smallint not null check (audience between 0 and 3),
  epoch smallint not null,
  xid xid8 not null,
  position bigint not null,
  read_at timestamptz not null default now(),
  primary key (organization_id, user_id, audience, epoch, xid, position),
  foreign key (organization_id, user_id) references users (organization_id, id) on delete cascade
);
comment on table notification_marks is 'Up to where somebody has read, one row each time they said so: what is unread comes after the last. notification_reads holds what was read singly.';
comment on column notification_marks.audience is 'Whose notifications: 0 those to the person alone, else the role (1 to 3) they went to. Who is given a higher role later has read nothing of it.';
select separate_organizations('notification_marks');
grant select, insert, update on notification_marks to rollcall_gateway;

create index correction_batches_created_idx on correction_batches (created_at);
grant select, delete on correction_batches to rollcall_system;

-- When a device was last heard of, whatever it said: not the key, nor what it may do.
grant select (id, organization_id, source_id, last_used_at) on api_keys to rollcall_system;

drop table system_health;
