-- Who did what. audit_logs holds ids, action and a digest of the details; audit_details holds text and may be erased:
-- the hash chain runs over digests, so it still verifies afterwards. organization_id is the nil uuid for the
-- installation's own chain.

create table audit_chain_heads (
  organization_id uuid primary key,
  sequence bigint not null default 0,
  hash bytea not null
);
select separate_organizations('audit_chain_heads');

create table audit_logs (
  id uuid primary key,
  organization_id uuid not null,
  sequence bigint not null,
  event_id uuid not null,
  action text not null,
  actor text not null,
  subject text not null,
  occurred_at timestamptz not null,
  detail_digest bytea,
  previous_hash bytea not null,
  hash bytea not null,
  unique (organization_id, sequence)
);
create index audit_logs_subject_idx on audit_logs (organization_id, subject);
select separate_organizations('audit_logs');

create table audit_details (
  event_id uuid primary key,
  organization_id uuid not null,
  detail jsonb not null,
  salt bytea not null,
  created_at timestamptz not null default now()
);
comment on table audit_details is 'What changed, in words: before and after, address, request id. Written with the event by whoever made the change; erasable.';
select separate_organizations('audit_details');

create table system_logs (
  id bigint generated always as identity primary key,
  level text not null check (level in ('warn', 'error', 'fatal')),
  service text not null,
  code text not null,
  message text not null,
  context jsonb not null default '{}',
  occurred_at timestamptz not null default now()
);
create index system_logs_occurred_idx on system_logs (occurred_at);

create table system_health (
  component text primary key,
  state text not null check (state in ('ok', 'degraded', 'failed')),
  figures jsonb not null default '{}',
  observed_at timestamptz not null default now()
);

grant select on audit_logs, audit_chain_heads, audit_details to rollcall_gateway;
grant insert on audit_details to rollcall_gateway, rollcall_system;
grant select, insert on audit_logs to rollcall_system;
grant select, insert, update on audit_chain_heads to rollcall_system;
grant select on audit_details to rollcall_system;
grant insert, select on system_logs to rollcall_gateway, rollcall_system;
grant select, insert, update on system_health to rollcall_gateway, rollcall_system;
