-- What an organization decides: thresholds, rules, calendars. Policies, shifts and holidays are immutable versions,
-- so that a record computed again years later comes out the same.

create table system_configs (
  organization_id uuid primary key references organizations (id) on delete cascade,
  body jsonb not null default '{}',
  version integer not null default 1,
  updated_by uuid,
  updated_at timestamptz not null default now()
);
comment on table system_configs is 'Recognition thresholds, quality limits, cooldown, retention: what an admin may change while Rollcall runs. Absent keys have the defaults of packages/contracts.';
select separate_organizations('system_configs');

create table application_settings (
  organization_id uuid not null references organizations (id) on delete cascade,
  key text not null check (length(key) between 1 and 120),
  value jsonb not null,
  updated_by uuid,
  updated_at timestamptz not null default now(),
  primary key (organization_id, key)
);
select separate_organizations('application_settings');

create table policy_versions (
  id uuid primary key,
  organization_id uuid not null references organizations (id) on delete cascade,
  version integer not null,
  valid_from date not null,
  rules jsonb not null,
  created_by uuid,
  created_at timestamptz not null default now(),
  unique (organization_id, version)
);
comment on column policy_versions.rules is 'AttendancePolicyRules of packages/contracts: pairing, min_interval_seconds, day_cutoff, timezone, grace …';
create index policy_versions_valid_from_idx on policy_versions (organization_id, valid_from);
select separate_organizations('policy_versions');

create table shifts (
  id uuid primary key,
  organization_id uuid not null references organizations (id) on delete cascade,
  shift_key uuid not null,
  version integer not null,
  valid_from date not null,
  name text not null check (length(name) between 1 and 120),
  rules jsonb not null,
  created_by uuid,
  created_at timestamptz not null default now(),
  unique (organization_id, id),
  unique (organization_id, shift_key, version)
);
comment on column shifts.shift_key is 'The same for all versions of one shift.';
select separate_organizations('shifts');

create table shift_assignments (
  id uuid primary key,
  organization_id uuid not null,
  user_id uuid not null,
  shift_key uuid not null,
  weekdays smallint[] not null default '{1,2,3,4,5}',
  valid_from date not null,
  valid_until date,
  created_by uuid,
  created_at timestamptz not null default now(),
  foreign key (organization_id, user_id) references users (organization_id, id) on delete cascade
);
create index shift_assignments_user_idx on shift_assignments (organization_id, user_id, valid_from);
select separate_organizations('shift_assignments');

create table holidays (
  id uuid primary key,
  organization_id uuid not null references organizations (id) on delete cascade,
  holiday_on date not null,
  name text not null check (length(name) between 1 and 120),
  is_withdrawn boolean not null default false,
  version integer not null default 1,
  created_by uuid,
  created_at timestamptz not null default now(),
  unique (organization_id, holiday_on, version)
);
select separate_organizations('holidays');

create table leaves (
  id uuid primary key,
  organization_id uuid not null,
  user_id uuid not null,
  starts_on date not null,
  ends_on date not null check (ends_on >= starts_on),
  kind text not null,
  withdrawn_at timestamptz,
  created_by uuid,
  created_at timestamptz not null default now(),
  foreign key (organization_id, user_id) references users (organization_id, id) on delete cascade
);
create index leaves_user_idx on leaves (organization_id, user_id, starts_on);
select separate_organizations('leaves');

grant select, insert, update on system_configs, application_settings to rollcall_gateway;
grant select, insert on policy_versions, shifts, shift_assignments, holidays, leaves to rollcall_gateway;
grant update (valid_until) on shift_assignments to rollcall_gateway;
grant update (withdrawn_at) on leaves to rollcall_gateway;
grant select on system_configs, application_settings, policy_versions, shifts, shift_assignments, holidays, leaves to rollcall_system;
