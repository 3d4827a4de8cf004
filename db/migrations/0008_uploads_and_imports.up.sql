-- Images that somebody uploaded before deciding what for, and files of people that were read in.

create table uploaded_images (
  id uuid primary key,
  organization_id uuid not null references organizations (id) on delete cascade,
  uploaded_by text not null,
  object_key text not null unique,
  sha256 bytea not null,
  content_type text not null,
  byte_size integer not null,
  width integer not null,
  height integer not null,
  status text not null default 'queued' check (status in ('queued', 'processing', 'completed', 'failed')),
  verdict jsonb,
  reason text,
  attempts smallint not null default 0,
  claimed_by uuid,
  claimed_until timestamptz,
  created_at timestamptz not null default now(),
  completed_at timestamptz,
  expires_at timestamptz not null
);
comment on table uploaded_images is 'Uploaded images nobody has used yet. Who uses one takes its object over and deletes the row; else both go at expires_at.';
comment on column uploaded_images.verdict is 'ImageVerdict of packages/contracts: what the pipeline made of it.';
create index uploaded_images_queue_idx on uploaded_images (created_at) where status in ('queued', 'processing');
create index uploaded_images_expiry_idx on uploaded_images (expires_at);
select separate_organizations('uploaded_images');

create table user_imports (
  id uuid primary key,
  organization_id uuid not null references organizations (id) on delete cascade,
  started_by text not null,
  result jsonb,
  attempt_id uuid not null,
  beat_at timestamptz not null default clock_timestamp(),
  created_at timestamptz not null default now(),
  finished_at timestamptz
);
comment on table user_imports is 'Files of people that were read in: lines, ids and codes, no names. An idempotency key finds its answer here.';
comment on column user_imports.beat_at is 'When lines were last written; silent for a minute without an end, another call may go on.';
select separate_organizations('user_imports');

grant select, insert on uploaded_images to rollcall_gateway;
grant select, insert, update on user_imports to rollcall_gateway;
grant select, delete on uploaded_images, user_imports to rollcall_system;
