-- What becomes of sightings that a person decides on: groups of look-alike strangers, faces enrolled from a sighting, and
-- whom an operator said somebody is not. Embeddings stay in here: the gateway may not read one.

create table unknown_faces (
  id uuid primary key,
  organization_id uuid not null references organizations (id) on delete cascade,
  model_id text not null references face_models (id) on delete restrict,
  best_review_id uuid not null,
  sighting_count integer not null,
  first_seen_at timestamptz not null,
  last_seen_at timestamptz not null,
  created_at timestamptz not null default now(),
  unique (organization_id, id)
);
comment on table unknown_faces is 'Open sightings that look like one person nobody knows. The row goes with its last open sighting.';
comment on column unknown_faces.best_review_id is 'The sighting that shows the face best; others are compared with its embedding.';
create index unknown_faces_seen_idx on unknown_faces (organization_id, last_seen_at desc, id desc);
select separate_organizations('unknown_faces');

alter table reviews
  add column unknown_face_id uuid,
  add foreign key (organization_id, unknown_face_id) references unknown_faces (organization_id, id) on delete set null (unknown_face_id),
  drop constraint reviews_status_check,
  add constraint reviews_status_check check (status in ('open', 'confirmed', 'rejected', 'expired'));
comment on column reviews.user_id is 'The candidate; once confirmed, whose attendance it became. Whom it was taken for stays in recognized_faces.';
drop index reviews_open_idx;
create index reviews_list_idx on reviews (organization_id, status, id);
create index reviews_open_idx on reviews (created_at) where status = 'open';
create index reviews_ungrouped_idx on reviews (created_at) where status = 'open' and kind = 'unknown' and unknown_face_id is null;
create index reviews_unknown_face_idx on reviews (unknown_face_id, id) where unknown_face_id is not null;

alter table face_embeddings add column recognized_face_id uuid;
comment on column face_embeddings.recognized_face_id is 'The sighting it was made from; null when it was enrolled from photos. History, so no foreign key.';

create table rejected_matches (
  id uuid primary key,
  organization_id uuid not null,
  user_id uuid not null,
  face_id uuid not null references face_embeddings (id) on delete cascade,
  model_id text not null references face_models (id) on delete restrict,
  review_id uuid not null,
  embedding bytea not null,
  key_id text,
  nonce bytea,
  created_at timestamptz not null default now(),
  foreign key (organization_id, user_id) references users (organization_id, id) on delete cascade
);
comment on table rejected_matches is 'Faces that an operator said are not this person: what is nearer to one of them than to the person''s own faces is not taken for the person. Bounded by reject_review().';
comment on column rejected_matches.face_id is 'The enrolled face it was taken for; erased with it.';
comment on column rejected_matches.review_id is 'History, so no foreign key.';
create index rejected_matches_gallery_idx on rejected_matches (organization_id, model_id, user_id, created_at);
create unique index rejected_matches_review_key on rejected_matches (review_id);
create index rejected_matches_face_idx on rejected_matches (face_id);
select separate_organizations('rejected_matches');

alter table gallery_changes
  drop constraint gallery_changes_op_check,
  add constraint gallery_changes_op_check check (op in ('add', 'remove', 'rejections'));
comment on column gallery_changes.op is 'rejections: rejected_matches have changed and are to be read again; faiss_id is 0 then.';

grant select on unknown_faces to rollcall_gateway;
grant select (id, organization_id, user_id, face_id, model_id, review_id, created_at) on rejected_matches to rollcall_gateway;
grant select (recognized_face_id) on face_embeddings to rollcall_gateway;
revoke select on recognized_faces from rollcall_gateway;
grant select (id, organization_id, recognition_id, face_index, box_x, box_y, box_width, box_height, detection_score, quality, liveness_score,
  liveness_verdict, decision, reason, user_id, face_id, similarity, margin, runner_up_user_id, runner_up_similarity, match_threshold,
  crop_key, crop_sha256) on recognized_faces to rollcall_gateway;
grant select on unknown_faces, rejected_matches to rollcall_system;
