-- Everything back into one table. What was dropped after it was archived stays in the archive.
lock table log_identity in exclusive mode;
alter table events rename to events_partitioned;
alter table events_partitioned rename constraint events_pkey to events_partitioned_pkey;
alter index events_organization_idx rename to events_partitioned_organization_idx;
alter index events_id_idx rename to events_partitioned_id_idx;

create table events (
  like events_partitioned including constraints including comments,
  primary key (epoch, xid, position)
);
alter table events alter column xid set default pg_current_xact_id();
alter table events alter column version set default 1;
alter table events alter column recorded_at set default clock_timestamp();
alter table events alter column position add generated always as identity;
insert into events overriding system value select * from events_partitioned;
select setval(pg_get_serial_sequence('events', 'position'), (select last_value from event_positions), (select is_called from event_positions));
create index events_organization_idx on events (organization_id, epoch, xid, position);
create index events_id_idx on events (id);
select separate_organizations('events');
grant select on events to rollcall_gateway, rollcall_system;

drop table events_partitioned, event_partitions, event_archive_ends;
drop schema event_log cascade;
