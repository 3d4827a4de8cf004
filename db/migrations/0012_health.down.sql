revoke delete on system_logs from rollcall_system;
grant insert, select on system_logs to rollcall_gateway;
drop policy organization_scope on system_logs;
drop policy system_scope on system_logs;
drop policy owner_scope on system_logs;
alter table system_logs no force row level security, disable row level security;
alter table system_logs drop column organization_id, drop column worker_id, drop column repeats;
comment on table system_logs is null;
