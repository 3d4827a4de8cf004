-- Enrolled faces, and the two kinds of work the face worker claims.
-- face_embeddings is the truth; a FAISS gallery is a cache of it, kept in step by gallery_changes.

create table face_models (
  id text primary key check (length(id) between 1 and 120),
  dimension integer not null check (dimension between 1 and 4096),
  is_synthetic boolean not null default false,
  first_used_at timestamptz not null default now()
);
comment on table face_models is 'Embedding models this installation has used. Embeddings of different models never meet in one gallery.';

create table registration_requests (
  id uuid primary key,
  organization_id uuid not null references organizations (id) on delete cascade,
  user_id uuid not null,
  status text not null default 'queued' check (status in ('queued', 'processing', 'completed', 'rejected', 'failed')),
  requested_by text not null,
  correlation_id uuid not null,
  request_event_id uuid not null,
  images jsonb not null,
  rejected jsonb not null default '[]',
  reason text,
  attempts smallint not null default 0,
  claimed_by uuid,
  claimed_until timestamptz,
  created_at timestamptz not null default now(),
  completed_at timestamptz,
  foreign key (organization_id, user_id) references users (organization_id, id) on delete cascade
);
comment on column registration_requests.images is 'Array of {index, object_key, sha256, content_type, byte_size, width, height}; emptied when the request ends.';
comment on column registration_requests.rejected is 'Array of {image_index, code, message}.';
create index registration_requests_queue_idx on registration_requests (created_at) where status = 'queued';
create index registration_requests_lease_idx on registration_requests (claimed_until) where status = 'processing';
create index registration_requests_user_idx on registration_requests (organization_id, user_id);
select separate_organizations('registration_requests');

create table face_images (
  id uuid primary key,
  organization_id uuid not null,
  user_id uuid not null,
  registration_id uuid not null,
  image_index smallint not null,
  object_key text not null unique,
  sha256 bytea not null,
  content_type text not null,
  byte_size integer not null,
  width integer not null,
  height integer not null,
  created_at timestamptz not null default now(),
  foreign key (organization_id, user_id) references users (organization_id, id) on delete restrict
);
create index face_images_user_idx on face_images (organization_id, user_id);
select separate_organizations('face_images');

create table face_embeddings (
  id uuid primary key,
  organization_id uuid not null,
  user_id uuid not null,
  model_id text not null references face_models (id) on delete restrict,
  faiss_id bigint generated always as identity unique,
  face_image_id uuid not null unique references face_images (id) on delete restrict,
  embedding bytea not null,
  key_id text,
  nonce bytea,
  quality jsonb not null default '{}',
  created_at timestamptz not null default now(),
  foreign key (organization_id, user_id) references users (organization_id, id) on delete restrict
);
comment on column face_embeddings.embedding is 'Unit vector as little-endian float32, dimension × 4 bytes; encrypted when key_id is set.';
comment on column face_embeddings.id is 'The face_id of the API.';
create index face_embeddings_user_idx on face_embeddings (organization_id, user_id);
create index face_embeddings_gallery_idx on face_embeddings (organization_id, model_id, faiss_id);
select separate_organizations('face_embeddings');

create table galleries (
  organization_id uuid not null references organizations (id) on delete cascade,
  model_id text not null references face_models (id) on delete restrict,
  version bigint not null default 0,
  face_count integer not null default 0,
  updated_at timestamptz not null default now(),
  primary key (organization_id, model_id)
);
comment on column galleries.version is 'Raised under this row''s lock by add_faces() and remove_faces(): version order is commit order.';
select separate_organizations('galleries');

create table gallery_changes (
  organization_id uuid not null,
  model_id text not null,
  version bigint not null,
  faiss_id bigint not null,
  op text not null check (op in ('add', 'remove')),
  changed_at timestamptz not null default now(),
  primary key (organization_id, model_id, version, faiss_id),
  foreign key (organization_id, model_id) references galleries (organization_id, model_id) on delete cascade
);
select separate_organizations('gallery_changes');

create table recognition_requests (
  id uuid primary key,
  organization_id uuid not null references organizations (id) on delete cascade,
  source_id uuid not null,
  status text not null default 'queued' check (status in ('queued', 'processing', 'completed', 'expired', 'failed')),
  priority smallint not null default 0,
  mode text not null default 'single' check (mode in ('single', 'group')),
  captured_at timestamptz not null,
  received_at timestamptz not null default now(),
  expires_at timestamptz,
  late_arrival boolean not null default false,
  requested_by text not null,
  correlation_id uuid not null,
  request_event_id uuid not null,
  image_key text not null,
  image_sha256 bytea not null,
  image_content_type text not null,
  image_bytes integer not null,
  image_width integer not null,
  image_height integer not null,
  model_id text references face_models (id) on delete restrict,
  gallery_version bigint,
  synthetic boolean not null default false,
  reason text,
  attempts smallint not null default 0,
  claimed_by uuid,
  claimed_until timestamptz,
  completed_at timestamptz,
  unique (organization_id, id),
  foreign key (organization_id, source_id) references sources (organization_id, id) on delete restrict
);
comment on column recognition_requests.gallery_version is 'Version of the gallery the answer was found in; set at completion. A claim reads the gallery''s present version, which is never older than at submission.';
create index recognition_requests_queue_idx on recognition_requests (source_id, priority desc, received_at desc) where status = 'queued';
create index recognition_requests_expiry_idx on recognition_requests (expires_at) where status = 'queued' and expires_at is not null;
create index recognition_requests_lease_idx on recognition_requests (claimed_until) where status = 'processing';
create index recognition_requests_received_idx on recognition_requests (organization_id, received_at);
select separate_organizations('recognition_requests');

create table recognized_faces (
  id uuid primary key,
  organization_id uuid not null,
  recognition_id uuid not null,
  face_index smallint not null,
  box_x real not null,
  box_y real not null,
  box_width real not null,
  box_height real not null,
  detection_score real not null,
  quality jsonb not null,
  liveness_score real,
  liveness_verdict text not null check (liveness_verdict in ('live', 'spoof', 'unknown')),
  decision text not null check (decision in ('match', 'review', 'unknown', 'rejected')),
  reason text,
  user_id uuid,
  face_id uuid,
  similarity real,
  margin real,
  runner_up_user_id uuid,
  runner_up_similarity real,
  match_threshold real,
  crop_key text unique,
  crop_sha256 bytea,
  embedding bytea,
  key_id text,
  nonce bytea,
  unique (recognition_id, face_index),
  foreign key (organization_id, recognition_id) references recognition_requests (organization_id, id) on delete cascade
);
comment on column recognized_faces.embedding is 'Kept for review and unknown faces only, so that a later "this is X" needs no second inference.';
comment on column recognized_faces.face_id is 'The enrolled face it matched; history, so no foreign key: that face may be erased since.';
create index recognized_faces_user_idx on recognized_faces (organization_id, user_id) where user_id is not null;
select separate_organizations('recognized_faces');

create table reviews (
  id uuid primary key,
  organization_id uuid not null references organizations (id) on delete cascade,
  recognized_face_id uuid not null unique references recognized_faces (id) on delete cascade,
  kind text not null check (kind in ('uncertain', 'unknown', 'liveness')),
  status text not null default 'open' check (status in ('open', 'confirmed', 'rejected')),
  user_id uuid,
  decided_by uuid,
  decided_at timestamptz,
  created_at timestamptz not null,
  foreign key (organization_id, user_id) references users (organization_id, id) on delete restrict
);
create index reviews_open_idx on reviews (organization_id, created_at, id) where status = 'open';
select separate_organizations('reviews');

create table idempotency_keys (
  organization_id uuid not null references organizations (id) on delete cascade,
  principal text not null,
  route text not null,
  key text not null check (length(key) between 1 and 255),
  body_hash bytea not null,
  request_id uuid not null,
  created_at timestamptz not null default now(),
  primary key (organization_id, principal, route, key)
);
create index idempotency_keys_created_idx on idempotency_keys (created_at);
select separate_organizations('idempotency_keys');

create table object_deletions (
  object_key text primary key,
  organization_id uuid not null references organizations (id) on delete cascade,
  requested_at timestamptz not null default now(),
  attempts integer not null default 0,
  last_error text
);
comment on table object_deletions is 'Objects whose row is gone: the sweep deletes the object, then this row.';
select separate_organizations('object_deletions');

grant select, insert, update on registration_requests to rollcall_gateway;
grant select on registration_requests, recognition_requests, recognized_faces, face_images, face_models, galleries to rollcall_gateway;
grant select (id, organization_id, user_id, model_id, face_image_id, quality, created_at) on face_embeddings to rollcall_gateway;
grant select on reviews, gallery_changes to rollcall_gateway;
grant select, insert on idempotency_keys to rollcall_gateway;
grant insert on object_deletions to rollcall_gateway;

grant select, insert, update on face_models, registration_requests, recognition_requests, recognized_faces, face_images, reviews to rollcall_system;
grant select on face_embeddings, galleries, gallery_changes to rollcall_system;
grant select, delete on idempotency_keys to rollcall_system;
grant select, insert, update, delete on object_deletions to rollcall_system;
