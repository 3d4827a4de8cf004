-- The system log: warnings and errors of the services, each for the organization it is about. Lines of the installation
-- itself have the nil uuid, as its events do.

alter table system_logs
  add column organization_id uuid not null default '00000000-0000-0000-0000-000000000000',
  add column worker_id uuid,
  add column repeats integer not null default 1 check (repeats >= 1);
update system_logs set organization_id = (context ->> 'organization_id')::uuid
where context ->> 'organization_id' ~ '^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$';
comment on table system_logs is 'Warnings and errors of the services. Written by write_system_logs, read by list_system_logs, purged by the clock.';
comment on column system_logs.organization_id is 'Whom the line is about; the nil uuid for the installation.';
comment on column system_logs.worker_id is 'The process: its id in worker_heartbeats.';
comment on column system_logs.repeats is 'How often the line came within one write: a storm is one row.';
create index system_logs_organization_idx on system_logs (organization_id, id);
select separate_organizations('system_logs');

-- Services write through the function, which bounds what they write.
revoke insert, select on system_logs from rollcall_gateway;
grant delete on system_logs to rollcall_system;
