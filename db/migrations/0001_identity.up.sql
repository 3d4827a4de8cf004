-- Who takes part: organizations, their people, their keys and their cameras.
-- The cluster-wide roles named here (rollcall_owner, rollcall_gateway, rollcall_system) are made by the set-up
-- before the first migration; this database's tables belong to rollcall_owner.

create table applied_functions (
  name text primary key,
  checksum text not null,
  applied_at timestamptz not null default now()
);
comment on table applied_functions is 'The state of db/functions in this database: what has another checksum is created again.';

create function current_organization_id() returns uuid
  language sql stable parallel safe
  set search_path = pg_catalog
  as $$ select nullif(current_setting('app.organization_id', true), '')::uuid $$;
comment on function current_organization_id() is
  'The organization of this transaction, or null. A pooled connection keeps an empty setting afterwards: that is null too.';

create function separate_organizations(target regclass) returns void
  language plpgsql
  set search_path = pg_catalog
  as $$
begin
  execute format('alter table %s enable row level security, force row level security', target);
  execute format('create policy organization_scope on %s to rollcall_gateway using (organization_id = public.current_organization_id()) with check (organization_id = public.current_organization_id())', target);
  execute format('create policy system_scope on %s to rollcall_system using (true) with check (true)', target);
  execute format('create policy owner_scope on %s to rollcall_owner using (true) with check (true)', target);
end
$$;
comment on function separate_organizations(regclass) is
  'Row-level security for a table with organization_id: the gateway sees the organization of its transaction only; worker, projector and definer functions see all.';

revoke execute on function separate_organizations(regclass) from public;

create table roles (
  id smallint primary key,
  name text not null unique
);
insert into roles (id, name) values (1, 'ADMIN'), (2, 'OPERATOR'), (3, 'USER');

create table organizations (
  id uuid primary key,
  slug text not null unique check (slug ~ '^[a-z0-9][a-z0-9-]{0,62}$'),
  name text not null check (length(name) between 1 and 200),
  timezone text not null default 'UTC',
  locale text not null default 'en',
  version integer not null default 1,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);
alter table organizations enable row level security, force row level security;
create policy organization_scope on organizations to rollcall_gateway using (id = current_organization_id()) with check (id = current_organization_id());
create policy system_scope on organizations to rollcall_system using (true) with check (true);
create policy owner_scope on organizations to rollcall_owner using (true) with check (true);

create table users (
  id uuid primary key,
  organization_id uuid not null references organizations (id) on delete restrict,
  role_id smallint not null references roles (id) on delete restrict,
  email text check (email = lower(email) and length(email) between 3 and 254),
  password_hash text,
  full_name text not null check (length(full_name) between 1 and 200),
  is_active boolean not null default true,
  is_deleted boolean not null default false,
  deleted_at timestamptz,
  token_generation integer not null default 1,
  password_changed_at timestamptz,
  version integer not null default 1,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  unique (organization_id, id)
);
comment on column users.token_generation is 'Raised by logout everywhere, password change and role change: access tokens of an older generation are refused.';
create unique index users_email_key on users (organization_id, email) where not is_deleted;
create index users_created_at_idx on users (organization_id, created_at, id);
select separate_organizations('users');

create table user_profiles (
  user_id uuid primary key,
  organization_id uuid not null,
  faiss_user_id bigint generated always as identity unique,
  employee_code text check (length(employee_code) between 1 and 64),
  department text check (length(department) between 1 and 120),
  updated_at timestamptz not null default now(),
  foreign key (organization_id, user_id) references users (organization_id, id) on delete cascade
);
create unique index user_profiles_employee_code_key on user_profiles (organization_id, employee_code);
select separate_organizations('user_profiles');

create table consents (
  id uuid primary key,
  organization_id uuid not null,
  user_id uuid not null,
  purpose text not null,
  given_at timestamptz not null,
  withdrawn_at timestamptz,
  recorded_by uuid,
  foreign key (organization_id, user_id) references users (organization_id, id) on delete cascade
);
create index consents_user_idx on consents (organization_id, user_id);
select separate_organizations('consents');

create table refresh_tokens (
  id uuid primary key,
  organization_id uuid not null,
  user_id uuid not null,
  family_id uuid not null,
  token_hash bytea not null unique,
  issued_at timestamptz not null default now(),
  expires_at timestamptz not null,
  used_at timestamptz,
  revoked_at timestamptz,
  replaced_by uuid,
  foreign key (organization_id, user_id) references users (organization_id, id) on delete cascade
);
create index refresh_tokens_user_idx on refresh_tokens (organization_id, user_id);
create index refresh_tokens_family_idx on refresh_tokens (family_id);
select separate_organizations('refresh_tokens');

create table sources (
  id uuid primary key,
  organization_id uuid not null references organizations (id) on delete restrict,
  source_type text not null check (source_type in ('camera', 'kiosk', 'upload')),
  external_id text not null check (length(external_id) between 1 and 120),
  name text check (length(name) between 1 and 200),
  direction text not null default 'both' check (direction in ('in', 'out', 'both')),
  capture_mode text not null default 'single' check (capture_mode in ('single', 'group')),
  is_active boolean not null default true,
  is_configured boolean not null default false,
  last_claimed_at timestamptz,
  version integer not null default 1,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  unique (organization_id, id),
  unique (organization_id, source_type, external_id)
);
comment on column sources.external_id is 'The source_id a client sends with a frame.';
comment on column sources.is_configured is 'False while the source is known only because a frame named it.';
comment on column sources.last_claimed_at is 'When a frame of this source was last claimed: the source served longest ago is next.';
select separate_organizations('sources');

create table api_keys (
  id uuid primary key,
  organization_id uuid not null references organizations (id) on delete restrict,
  source_id uuid,
  name text not null check (length(name) between 1 and 200),
  key_hash bytea not null unique,
  scopes text[] not null default '{}',
  created_at timestamptz not null default now(),
  expires_at timestamptz,
  revoked_at timestamptz,
  last_used_at timestamptz,
  foreign key (organization_id, source_id) references sources (organization_id, id) on delete restrict
);
create index api_keys_organization_idx on api_keys (organization_id);
select separate_organizations('api_keys');

grant select on roles to rollcall_gateway, rollcall_system;
grant select, insert, update on organizations, users, user_profiles, consents, refresh_tokens, sources, api_keys to rollcall_gateway;
grant select on organizations, users, user_profiles, consents, sources to rollcall_system;
grant update on sources to rollcall_system;
grant delete on refresh_tokens to rollcall_system;
grant select on refresh_tokens to rollcall_system;
