-- The schema that migrations and functions make, in the order of names. Written by `node db/dist/cli.js dump`; not to be edited.


create table api_keys (
  id uuid not null,
  organization_id uuid not null,
  source_id uuid,
  name text not null,
  key_hash bytea not null,
  scopes text[] default '{}'::text[] not null,
  created_at timestamp with time zone default now() not null,
  expires_at timestamp with time zone,
  revoked_at timestamp with time zone,
  last_used_at timestamp with time zone,
  hint text,
  constraint api_keys_pkey PRIMARY KEY (id),
  constraint api_keys_key_hash_key UNIQUE (key_hash),
  constraint api_keys_hint_check CHECK (((length(hint) >= 1) AND (length(hint) <= 12))),
  constraint api_keys_name_check CHECK (((length(name) >= 1) AND (length(name) <= 200))),
  constraint api_keys_organization_id_fkey FOREIGN KEY (organization_id) REFERENCES organizations(id) ON DELETE RESTRICT,
  constraint api_keys_organization_id_source_id_fkey FOREIGN KEY (organization_id, source_id) REFERENCES sources(organization_id, id) ON DELETE RESTRICT
);
CREATE INDEX api_keys_organization_idx ON public.api_keys USING btree (organization_id);
CREATE INDEX api_keys_source_idx ON public.api_keys USING btree (organization_id, source_id);
alter table api_keys enable row level security, force row level security;
create policy organization_scope on api_keys as permissive for all to rollcall_gateway using ((organization_id = current_organization_id())) with check ((organization_id = current_organization_id()));
create policy owner_scope on api_keys as permissive for all to rollcall_owner using (true) with check (true);
create policy system_scope on api_keys as permissive for all to rollcall_system using (true) with check (true);
grant insert, select, update on table api_keys to rollcall_gateway;
grant select (id, organization_id, source_id, last_used_at) on table api_keys to rollcall_system;
comment on column api_keys.hint is 'The last characters of the key, to tell keys apart.';

create table application_settings (
  organization_id uuid not null,
  key text not null,
  value jsonb not null,
  updated_by uuid,
  updated_at timestamp with time zone default now() not null,
  constraint application_settings_pkey PRIMARY KEY (organization_id, key),
  constraint application_settings_key_check CHECK (((length(key) >= 1) AND (length(key) <= 120))),
  constraint application_settings_organization_id_fkey FOREIGN KEY (organization_id) REFERENCES organizations(id) ON DELETE CASCADE
);
alter table application_settings enable row level security, force row level security;
create policy organization_scope on application_settings as permissive for all to rollcall_gateway using ((organization_id = current_organization_id())) with check ((organization_id = current_organization_id()));
create policy owner_scope on application_settings as permissive for all to rollcall_owner using (true) with check (true);
create policy system_scope on application_settings as permissive for all to rollcall_system using (true) with check (true);
grant insert, select, update on table application_settings to rollcall_gateway;
grant select on table application_settings to rollcall_system;

create table applied_functions (
  name text not null,
  checksum text not null,
  applied_at timestamp with time zone default now() not null,
  constraint applied_functions_pkey PRIMARY KEY (name)
);
comment on table applied_functions is 'The state of db/functions in this database: what has another checksum is created again.';

create table attendance_corrections (
  id uuid not null,
  organization_id uuid not null,
  user_id uuid not null,
  work_date date not null,
  shift_id uuid,
  check_in_at timestamp with time zone,
  check_out_at timestamp with time zone,
  status text,
  reason text not null,
  created_by uuid not null,
  created_at timestamp with time zone default now() not null,
  withdrawn_by uuid,
  withdrawn_at timestamp with time zone,
  known_epoch smallint,
  known_xid xid8,
  withdrawn_epoch smallint,
  withdrawn_xid xid8,
  event_id uuid,
  batch_id uuid,
  withdrawal_reason text,
  withdrawal_event_id uuid,
  constraint attendance_corrections_pkey PRIMARY KEY (id),
  constraint attendance_corrections_organization_id_fkey FOREIGN KEY (organization_id) REFERENCES organizations(id) ON DELETE CASCADE,
  constraint attendance_corrections_organization_id_user_id_fkey FOREIGN KEY (organization_id, user_id) REFERENCES users(organization_id, id) ON DELETE RESTRICT,
  constraint attendance_corrections_reason_check CHECK (((length(reason) >= 1) AND (length(reason) <= 500))),
  constraint attendance_corrections_withdrawal_reason_check CHECK (((length(withdrawal_reason) >= 1) AND (length(withdrawal_reason) <= 500)))
);
CREATE INDEX attendance_corrections_day_idx ON public.attendance_corrections USING btree (organization_id, user_id, work_date);
CREATE INDEX attendance_corrections_newest_idx ON public.attendance_corrections USING btree (organization_id, id);
alter table attendance_corrections enable row level security, force row level security;
create policy organization_scope on attendance_corrections as permissive for all to rollcall_gateway using ((organization_id = current_organization_id())) with check ((organization_id = current_organization_id()));
create policy owner_scope on attendance_corrections as permissive for all to rollcall_owner using (true) with check (true);
create policy system_scope on attendance_corrections as permissive for all to rollcall_system using (true) with check (true);
grant insert, select on table attendance_corrections to rollcall_gateway;
grant select on table attendance_corrections to rollcall_system;
grant update (withdrawn_by, withdrawn_at, withdrawal_reason, withdrawal_event_id) on table attendance_corrections to rollcall_gateway;
CREATE TRIGGER stamp_known BEFORE INSERT OR UPDATE ON attendance_corrections FOR EACH ROW EXECUTE FUNCTION stamp_known();
comment on column attendance_corrections.event_id is 'Its attendance.corrected.';
comment on column attendance_corrections.withdrawal_event_id is 'Its attendance.correction_withdrawn.';

create table attendance_logs (
  id uuid not null,
  organization_id uuid not null,
  user_id uuid not null,
  kind text not null,
  captured_at timestamp with time zone not null,
  received_at timestamp with time zone not null,
  late_arrival boolean default false not null,
  work_date date not null,
  source_id uuid,
  direction text not null,
  recognition_id uuid,
  recognized_face_id uuid,
  similarity real,
  margin real,
  liveness_score real,
  liveness_verdict text,
  box jsonb,
  model_id text,
  gallery_version bigint,
  decision text not null,
  policy_version_id uuid,
  event_id uuid not null,
  constraint attendance_logs_pkey PRIMARY KEY (id),
  constraint attendance_logs_direction_check CHECK ((direction = ANY (ARRAY['in'::text, 'out'::text, 'both'::text]))),
  constraint attendance_logs_kind_check CHECK ((kind = ANY (ARRAY['face'::text, 'pin'::text, 'qr'::text, 'manual'::text]))),
  constraint attendance_logs_organization_id_fkey FOREIGN KEY (organization_id) REFERENCES organizations(id) ON DELETE CASCADE,
  constraint attendance_logs_organization_id_user_id_fkey FOREIGN KEY (organization_id, user_id) REFERENCES users(organization_id, id) ON DELETE RESTRICT
);
CREATE INDEX attendance_logs_captured_idx ON public.attendance_logs USING btree (organization_id, captured_at);
CREATE INDEX attendance_logs_day_idx ON public.attendance_logs USING btree (organization_id, user_id, work_date, captured_at);
alter table attendance_logs enable row level security, force row level security;
create policy organization_scope on attendance_logs as permissive for all to rollcall_gateway using ((organization_id = current_organization_id())) with check ((organization_id = current_organization_id()));
create policy owner_scope on attendance_logs as permissive for all to rollcall_owner using (true) with check (true);
create policy system_scope on attendance_logs as permissive for all to rollcall_system using (true) with check (true);
grant delete, insert, select on table attendance_logs to rollcall_system;
grant select on table attendance_logs to rollcall_gateway;
grant update (work_date, policy_version_id) on table attendance_logs to rollcall_system;
comment on table attendance_logs is 'Every sighting or punch, append-only.';

create table attendance_records (
  id uuid not null,
  organization_id uuid not null,
  user_id uuid not null,
  work_date date not null,
  shift_id uuid,
  check_in_at timestamp with time zone,
  check_out_at timestamp with time zone,
  status text not null,
  worked_minutes integer default 0 not null,
  break_minutes integer default 0 not null,
  late_minutes integer default 0 not null,
  early_leave_minutes integer default 0 not null,
  overtime_minutes integer default 0 not null,
  source text not null,
  corrected boolean default false not null,
  visit_count integer default 0 not null,
  evidence uuid[] default '{}'::uuid[] not null,
  policy_version_id uuid,
  event_id uuid not null,
  replaced jsonb,
  constraint attendance_records_pkey PRIMARY KEY (id),
  constraint attendance_records_organization_id_user_id_work_date_shift__key UNIQUE NULLS NOT DISTINCT (organization_id, user_id, work_date, shift_id),
  constraint attendance_records_organization_id_fkey FOREIGN KEY (organization_id) REFERENCES organizations(id) ON DELETE CASCADE,
  constraint attendance_records_organization_id_user_id_fkey FOREIGN KEY (organization_id, user_id) REFERENCES users(organization_id, id) ON DELETE RESTRICT,
  constraint attendance_records_status_check CHECK ((status = ANY (ARRAY['present'::text, 'late'::text, 'half_day'::text, 'absent'::text, 'on_leave'::text, 'holiday'::text, 'open'::text])))
);
CREATE INDEX attendance_records_date_idx ON public.attendance_records USING btree (organization_id, work_date, user_id);
alter table attendance_records enable row level security, force row level security;
create policy organization_scope on attendance_records as permissive for all to rollcall_gateway using ((organization_id = current_organization_id())) with check ((organization_id = current_organization_id()));
create policy owner_scope on attendance_records as permissive for all to rollcall_owner using (true) with check (true);
create policy system_scope on attendance_records as permissive for all to rollcall_system using (true) with check (true);
grant delete, insert, select, update on table attendance_records to rollcall_system;
grant select on table attendance_records to rollcall_gateway;
comment on column attendance_records.evidence is 'attendance_logs of check-in and check-out first, then the others.';
comment on column attendance_records.event_id is 'The event whose projection wrote this state of the record.';
comment on column attendance_records.replaced is 'What check-in, check-out and status would be without entries by hand; null without any, or when nobody was seen.';

create table audit_chain_heads (
  organization_id uuid not null,
  sequence bigint default 0 not null,
  hash bytea not null,
  constraint audit_chain_heads_pkey PRIMARY KEY (organization_id)
);
alter table audit_chain_heads enable row level security, force row level security;
create policy organization_scope on audit_chain_heads as permissive for all to rollcall_gateway using ((organization_id = current_organization_id())) with check ((organization_id = current_organization_id()));
create policy owner_scope on audit_chain_heads as permissive for all to rollcall_owner using (true) with check (true);
create policy system_scope on audit_chain_heads as permissive for all to rollcall_system using (true) with check (true);
grant insert, select, update on table audit_chain_heads to rollcall_system;
grant select on table audit_chain_heads to rollcall_gateway;
CREATE TRIGGER forward_only BEFORE UPDATE ON audit_chain_heads FOR EACH ROW EXECUTE FUNCTION keep_chain_head();
CREATE TRIGGER never_removed BEFORE DELETE OR TRUNCATE ON audit_chain_heads FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

create table audit_details (
  event_id uuid not null,
  organization_id uuid not null,
  detail jsonb not null,
  salt bytea not null,
  created_at timestamp with time zone default now() not null,
  constraint audit_details_pkey PRIMARY KEY (event_id)
);
alter table audit_details enable row level security, force row level security;
create policy organization_scope on audit_details as permissive for all to rollcall_gateway using ((organization_id = current_organization_id())) with check ((organization_id = current_organization_id()));
create policy owner_scope on audit_details as permissive for all to rollcall_owner using (true) with check (true);
create policy system_scope on audit_details as permissive for all to rollcall_system using (true) with check (true);
grant insert, select on table audit_details to rollcall_gateway;
grant insert, select on table audit_details to rollcall_system;
CREATE TRIGGER never_changed BEFORE UPDATE OR TRUNCATE ON audit_details FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
comment on table audit_details is 'What changed, in words: before and after, address, request id. Written with the event by whoever made the change; erasable.';

create table audit_logs (
  id uuid not null,
  organization_id uuid not null,
  sequence bigint not null,
  event_id uuid not null,
  action text not null,
  actor text not null,
  subject text not null,
  occurred_at timestamp with time zone not null,
  detail_digest bytea,
  previous_hash bytea not null,
  hash bytea not null,
  constraint audit_logs_pkey PRIMARY KEY (id),
  constraint audit_logs_organization_id_sequence_key UNIQUE (organization_id, sequence)
);
CREATE INDEX audit_logs_action_idx ON public.audit_logs USING btree (organization_id, action, sequence);
CREATE INDEX audit_logs_actor_idx ON public.audit_logs USING btree (organization_id, actor, sequence);
CREATE INDEX audit_logs_subject_id_idx ON public.audit_logs USING btree (organization_id, split_part(subject, '/'::text, 2), sequence);
CREATE INDEX audit_logs_subject_idx ON public.audit_logs USING btree (organization_id, subject, sequence);
alter table audit_logs enable row level security, force row level security;
create policy organization_scope on audit_logs as permissive for all to rollcall_gateway using ((organization_id = current_organization_id())) with check ((organization_id = current_organization_id()));
create policy owner_scope on audit_logs as permissive for all to rollcall_owner using (true) with check (true);
create policy system_scope on audit_logs as permissive for all to rollcall_system using (true) with check (true);
grant insert, select on table audit_logs to rollcall_system;
grant select on table audit_logs to rollcall_gateway;
CREATE TRIGGER append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON audit_logs FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

create table check_ins (
  id uuid not null,
  organization_id uuid not null,
  user_id uuid not null,
  source_id uuid not null,
  method text not null,
  direction text not null,
  captured_at timestamp with time zone not null,
  received_at timestamp with time zone not null,
  recorded_by text not null,
  event_id uuid not null,
  constraint check_ins_pkey PRIMARY KEY (id),
  constraint check_ins_direction_check CHECK ((direction = ANY (ARRAY['in'::text, 'out'::text, 'both'::text]))),
  constraint check_ins_method_check CHECK ((method = ANY (ARRAY['pin'::text, 'qr'::text]))),
  constraint check_ins_organization_id_fkey FOREIGN KEY (organization_id) REFERENCES organizations(id) ON DELETE CASCADE,
  constraint check_ins_organization_id_source_id_fkey FOREIGN KEY (organization_id, source_id) REFERENCES sources(organization_id, id) ON DELETE RESTRICT,
  constraint check_ins_organization_id_user_id_fkey FOREIGN KEY (organization_id, user_id) REFERENCES users(organization_id, id) ON DELETE RESTRICT
);
alter table check_ins enable row level security, force row level security;
create policy organization_scope on check_ins as permissive for all to rollcall_gateway using ((organization_id = current_organization_id())) with check ((organization_id = current_organization_id()));
create policy owner_scope on check_ins as permissive for all to rollcall_owner using (true) with check (true);
create policy system_scope on check_ins as permissive for all to rollcall_system using (true) with check (true);
grant insert, select on table check_ins to rollcall_gateway;
comment on column check_ins.id is 'Follows from the QR token, or from person, kiosk and time: the same check-in sent again is the same row.';

create table claim_turns (
  organization_id uuid not null,
  last_claimed_at timestamp with time zone not null,
  constraint claim_turns_pkey PRIMARY KEY (organization_id),
  constraint claim_turns_organization_id_fkey FOREIGN KEY (organization_id) REFERENCES organizations(id) ON DELETE CASCADE
);
alter table claim_turns enable row level security, force row level security;
create policy organization_scope on claim_turns as permissive for all to rollcall_gateway using ((organization_id = current_organization_id())) with check ((organization_id = current_organization_id()));
create policy owner_scope on claim_turns as permissive for all to rollcall_owner using (true) with check (true);
create policy system_scope on claim_turns as permissive for all to rollcall_system using (true) with check (true);
comment on table claim_turns is 'Of claim_recognitions: when an organization was last served while another waited too.';

create table consents (
  id uuid not null,
  organization_id uuid not null,
  user_id uuid not null,
  purpose text not null,
  given_at timestamp with time zone not null,
  withdrawn_at timestamp with time zone,
  recorded_by uuid,
  constraint consents_pkey PRIMARY KEY (id),
  constraint consents_organization_id_user_id_fkey FOREIGN KEY (organization_id, user_id) REFERENCES users(organization_id, id) ON DELETE CASCADE
);
CREATE INDEX consents_user_idx ON public.consents USING btree (organization_id, user_id);
alter table consents enable row level security, force row level security;
create policy organization_scope on consents as permissive for all to rollcall_gateway using ((organization_id = current_organization_id())) with check ((organization_id = current_organization_id()));
create policy owner_scope on consents as permissive for all to rollcall_owner using (true) with check (true);
create policy system_scope on consents as permissive for all to rollcall_system using (true) with check (true);
grant insert, select, update on table consents to rollcall_gateway;
grant select on table consents to rollcall_system;

create table correction_batches (
  id uuid not null,
  organization_id uuid not null,
  verdicts jsonb not null,
  created_by uuid not null,
  created_at timestamp with time zone default now() not null,
  constraint correction_batches_pkey PRIMARY KEY (id),
  constraint correction_batches_organization_id_fkey FOREIGN KEY (organization_id) REFERENCES organizations(id) ON DELETE CASCADE
);
CREATE INDEX correction_batches_created_idx ON public.correction_batches USING btree (created_at);
alter table correction_batches enable row level security, force row level security;
create policy organization_scope on correction_batches as permissive for all to rollcall_gateway using ((organization_id = current_organization_id())) with check ((organization_id = current_organization_id()));
create policy owner_scope on correction_batches as permissive for all to rollcall_owner using (true) with check (true);
create policy system_scope on correction_batches as permissive for all to rollcall_system using (true) with check (true);
grant delete, select on table correction_batches to rollcall_system;
grant insert, select on table correction_batches to rollcall_gateway;
comment on table correction_batches is 'What a call with entries by hand was answered, item by item: a repeated call gets the same answer.';
comment on column correction_batches.verdicts is 'Ids, codes and places only: neither names nor reasons.';

create table derived_ids (
  id uuid not null,
  organization_id uuid not null,
  constraint derived_ids_pkey PRIMARY KEY (id)
);
alter table derived_ids enable row level security, force row level security;
create policy organization_scope on derived_ids as permissive for all to rollcall_gateway using ((organization_id = current_organization_id())) with check ((organization_id = current_organization_id()));
create policy owner_scope on derived_ids as permissive for all to rollcall_owner using (true) with check (true);
create policy system_scope on derived_ids as permissive for all to rollcall_system using (true) with check (true);
grant insert, select on table derived_ids to rollcall_system;
comment on table derived_ids is 'Ids (uuid v5 of source event and kind) of derived events: a replay never writes one twice. Never partitioned, so that the key holds for ever.';

create table event_archive_ends (
  organization_id uuid not null,
  epoch smallint not null,
  xid xid8 not null,
  "position" bigint not null,
  event_count bigint not null,
  updated_at timestamp with time zone default now() not null,
  constraint event_archive_ends_pkey PRIMARY KEY (organization_id)
);
alter table event_archive_ends enable row level security, force row level security;
create policy organization_scope on event_archive_ends as permissive for all to rollcall_gateway using ((organization_id = current_organization_id())) with check ((organization_id = current_organization_id()));
create policy owner_scope on event_archive_ends as permissive for all to rollcall_owner using (true) with check (true);
create policy system_scope on event_archive_ends as permissive for all to rollcall_system using (true) with check (true);
grant select on table event_archive_ends to rollcall_gateway;
grant select on table event_archive_ends to rollcall_system;
comment on table event_archive_ends is 'Up to where the events of an organization are in the archive alone: who has read less gets an answer that says so.';

create table event_partitions (
  name text not null,
  from_epoch smallint not null,
  from_xid xid8 not null,
  to_epoch smallint not null,
  to_xid xid8 not null,
  made_at timestamp with time zone default now() not null,
  event_count bigint,
  newest_recorded_at timestamp with time zone,
  archive_sha256 bytea,
  archived_at timestamp with time zone,
  dropped_at timestamp with time zone,
  constraint event_partitions_pkey PRIMARY KEY (name)
);
CREATE UNIQUE INDEX event_partitions_from_key ON public.event_partitions USING btree (from_epoch, from_xid);
CREATE UNIQUE INDEX event_partitions_to_key ON public.event_partitions USING btree (to_epoch, to_xid);
grant select on table event_partitions to rollcall_gateway;
grant select on table event_partitions to rollcall_system;
comment on table event_partitions is 'Partitions of events, each from its first key up to, not including, the next one''s. They touch: what lies above the last is in events_rest. Rows stay when a partition is dropped.';

create sequence event_positions;
create table events (
  epoch smallint not null,
  xid xid8 default pg_current_xact_id() not null,
  "position" bigint default nextval('event_positions'::regclass) not null,
  organization_id uuid not null,
  id uuid not null,
  type text not null,
  version smallint default 1 not null,
  subject text not null,
  actor text not null,
  correlation_id uuid not null,
  causation_id uuid,
  payload jsonb not null,
  occurred_at timestamp with time zone not null,
  recorded_at timestamp with time zone default clock_timestamp() not null,
  constraint events_pkey PRIMARY KEY (epoch, xid, "position"),
  constraint events_type_check CHECK ((type ~ '^[a-z_]+(\.[a-z_]+)+$'::text))
) partition by range (epoch, xid);
CREATE INDEX events_id_idx ON ONLY public.events USING btree (id);
CREATE INDEX events_organization_idx ON ONLY public.events USING btree (organization_id, epoch, xid, "position");
alter table events enable row level security, force row level security;
create policy organization_scope on events as permissive for all to rollcall_gateway using ((organization_id = current_organization_id())) with check ((organization_id = current_organization_id()));
create policy owner_scope on events as permissive for all to rollcall_owner using (true) with check (true);
create policy system_scope on events as permissive for all to rollcall_system using (true) with check (true);
grant select on table events to rollcall_gateway;
grant select on table events to rollcall_system;
comment on column events.subject is 'What it is about: users/ID, recognitions/ID, faces/ID …';
comment on column events.actor is 'user:ID, device:ID or system:NAME.';
comment on column events.payload is 'Ids and enumerations only: no personal text, image, embedding, password or token.';

create table face_embeddings (
  id uuid not null,
  organization_id uuid not null,
  user_id uuid not null,
  model_id text not null,
  faiss_id bigint generated always as identity not null,
  face_image_id uuid not null,
  embedding bytea not null,
  key_id text,
  nonce bytea,
  quality jsonb default '{}'::jsonb not null,
  created_at timestamp with time zone default now() not null,
  recognized_face_id uuid,
  constraint face_embeddings_pkey PRIMARY KEY (id),
  constraint face_embeddings_face_image_id_key UNIQUE (face_image_id),
  constraint face_embeddings_faiss_id_key UNIQUE (faiss_id),
  constraint face_embeddings_face_image_id_fkey FOREIGN KEY (face_image_id) REFERENCES face_images(id) ON DELETE RESTRICT,
  constraint face_embeddings_model_id_fkey FOREIGN KEY (model_id) REFERENCES face_models(id) ON DELETE RESTRICT,
  constraint face_embeddings_organization_id_user_id_fkey FOREIGN KEY (organization_id, user_id) REFERENCES users(organization_id, id) ON DELETE RESTRICT
);
CREATE INDEX face_embeddings_gallery_idx ON public.face_embeddings USING btree (organization_id, model_id, faiss_id);
CREATE INDEX face_embeddings_user_idx ON public.face_embeddings USING btree (organization_id, user_id);
alter table face_embeddings enable row level security, force row level security;
create policy organization_scope on face_embeddings as permissive for all to rollcall_gateway using ((organization_id = current_organization_id())) with check ((organization_id = current_organization_id()));
create policy owner_scope on face_embeddings as permissive for all to rollcall_owner using (true) with check (true);
create policy system_scope on face_embeddings as permissive for all to rollcall_system using (true) with check (true);
grant select on table face_embeddings to rollcall_system;
grant select (id, organization_id, user_id, model_id, face_image_id, quality, created_at, recognized_face_id) on table face_embeddings to rollcall_gateway;
comment on column face_embeddings.id is 'The face_id of the API.';
comment on column face_embeddings.embedding is 'Unit vector as little-endian float32, dimension × 4 bytes; encrypted when key_id is set.';
comment on column face_embeddings.recognized_face_id is 'The sighting it was made from; null when it was enrolled from photos. History, so no foreign key.';

create table face_images (
  id uuid not null,
  organization_id uuid not null,
  user_id uuid not null,
  registration_id uuid not null,
  image_index smallint not null,
  object_key text not null,
  sha256 bytea not null,
  content_type text not null,
  byte_size integer not null,
  width integer not null,
  height integer not null,
  created_at timestamp with time zone default now() not null,
  constraint face_images_pkey PRIMARY KEY (id),
  constraint face_images_object_key_key UNIQUE (object_key),
  constraint face_images_organization_id_user_id_fkey FOREIGN KEY (organization_id, user_id) REFERENCES users(organization_id, id) ON DELETE RESTRICT
);
CREATE INDEX face_images_user_idx ON public.face_images USING btree (organization_id, user_id);
alter table face_images enable row level security, force row level security;
create policy organization_scope on face_images as permissive for all to rollcall_gateway using ((organization_id = current_organization_id())) with check ((organization_id = current_organization_id()));
create policy owner_scope on face_images as permissive for all to rollcall_owner using (true) with check (true);
create policy system_scope on face_images as permissive for all to rollcall_system using (true) with check (true);
grant insert, select, update on table face_images to rollcall_system;
grant select on table face_images to rollcall_gateway;

create table face_models (
  id text not null,
  dimension integer not null,
  is_synthetic boolean default false not null,
  first_used_at timestamp with time zone default now() not null,
  constraint face_models_pkey PRIMARY KEY (id),
  constraint face_models_dimension_check CHECK (((dimension >= 1) AND (dimension <= 4096))),
  constraint face_models_id_check CHECK (((length(id) >= 1) AND (length(id) <= 120)))
);
grant insert, select, update on table face_models to rollcall_system;
grant select on table face_models to rollcall_gateway;
comment on table face_models is 'Embedding models this installation has used. Embeddings of different models never meet in one gallery.';

create table galleries (
  organization_id uuid not null,
  model_id text not null,
  version bigint default 0 not null,
  face_count integer default 0 not null,
  updated_at timestamp with time zone default now() not null,
  constraint galleries_pkey PRIMARY KEY (organization_id, model_id),
  constraint galleries_model_id_fkey FOREIGN KEY (model_id) REFERENCES face_models(id) ON DELETE RESTRICT,
  constraint galleries_organization_id_fkey FOREIGN KEY (organization_id) REFERENCES organizations(id) ON DELETE CASCADE
);
alter table galleries enable row level security, force row level security;
create policy organization_scope on galleries as permissive for all to rollcall_gateway using ((organization_id = current_organization_id())) with check ((organization_id = current_organization_id()));
create policy owner_scope on galleries as permissive for all to rollcall_owner using (true) with check (true);
create policy system_scope on galleries as permissive for all to rollcall_system using (true) with check (true);
grant select on table galleries to rollcall_gateway;
grant select on table galleries to rollcall_system;
comment on column galleries.version is 'Raised under this row''s lock by add_faces() and remove_faces(): version order is commit order.';

create table gallery_changes (
  organization_id uuid not null,
  model_id text not null,
  version bigint not null,
  faiss_id bigint not null,
  op text not null,
  changed_at timestamp with time zone default now() not null,
  constraint gallery_changes_pkey PRIMARY KEY (organization_id, model_id, version, faiss_id),
  constraint gallery_changes_op_check CHECK ((op = ANY (ARRAY['add'::text, 'remove'::text, 'rejections'::text]))),
  constraint gallery_changes_organization_id_model_id_fkey FOREIGN KEY (organization_id, model_id) REFERENCES galleries(organization_id, model_id) ON DELETE CASCADE
);
alter table gallery_changes enable row level security, force row level security;
create policy organization_scope on gallery_changes as permissive for all to rollcall_gateway using ((organization_id = current_organization_id())) with check ((organization_id = current_organization_id()));
create policy owner_scope on gallery_changes as permissive for all to rollcall_owner using (true) with check (true);
create policy system_scope on gallery_changes as permissive for all to rollcall_system using (true) with check (true);
grant select on table gallery_changes to rollcall_gateway;
grant select on table gallery_changes to rollcall_system;
comment on column gallery_changes.op is 'rejections: rejected_matches have changed and are to be read again; faiss_id is 0 then.';

create table health_episodes (
  id uuid not null,
  component text not null,
  reason text not null,
  began_at timestamp with time zone not null,
  ended_at timestamp with time zone,
  constraint health_episodes_pkey PRIMARY KEY (id)
);
CREATE UNIQUE INDEX health_episodes_open_key ON public.health_episodes USING btree (component) WHERE (ended_at IS NULL);
grant insert, select, update on table health_episodes to rollcall_system;
grant select on table health_episodes to rollcall_gateway;
comment on table health_episodes is 'One row for each time a part of the installation did not do its work. While one is open nobody is told again.';

create table holidays (
  id uuid not null,
  organization_id uuid not null,
  holiday_on date not null,
  name text not null,
  is_withdrawn boolean default false not null,
  version integer default 1 not null,
  created_by uuid,
  created_at timestamp with time zone default now() not null,
  known_epoch smallint,
  known_xid xid8,
  constraint holidays_pkey PRIMARY KEY (id),
  constraint holidays_organization_id_holiday_on_version_key UNIQUE (organization_id, holiday_on, version),
  constraint holidays_name_check CHECK (((length(name) >= 1) AND (length(name) <= 120))),
  constraint holidays_organization_id_fkey FOREIGN KEY (organization_id) REFERENCES organizations(id) ON DELETE CASCADE
);
alter table holidays enable row level security, force row level security;
create policy organization_scope on holidays as permissive for all to rollcall_gateway using ((organization_id = current_organization_id())) with check ((organization_id = current_organization_id()));
create policy owner_scope on holidays as permissive for all to rollcall_owner using (true) with check (true);
create policy system_scope on holidays as permissive for all to rollcall_system using (true) with check (true);
grant insert, select on table holidays to rollcall_gateway;
grant select on table holidays to rollcall_system;
CREATE TRIGGER stamp_known BEFORE INSERT ON holidays FOR EACH ROW EXECUTE FUNCTION stamp_known();

create table idempotency_keys (
  organization_id uuid not null,
  principal text not null,
  route text not null,
  key text not null,
  body_hash bytea not null,
  request_id uuid not null,
  created_at timestamp with time zone default now() not null,
  constraint idempotency_keys_pkey PRIMARY KEY (organization_id, principal, route, key),
  constraint idempotency_keys_key_check CHECK (((length(key) >= 1) AND (length(key) <= 255))),
  constraint idempotency_keys_organization_id_fkey FOREIGN KEY (organization_id) REFERENCES organizations(id) ON DELETE CASCADE
);
CREATE INDEX idempotency_keys_created_idx ON public.idempotency_keys USING btree (created_at);
alter table idempotency_keys enable row level security, force row level security;
create policy organization_scope on idempotency_keys as permissive for all to rollcall_gateway using ((organization_id = current_organization_id())) with check ((organization_id = current_organization_id()));
create policy owner_scope on idempotency_keys as permissive for all to rollcall_owner using (true) with check (true);
create policy system_scope on idempotency_keys as permissive for all to rollcall_system using (true) with check (true);
grant delete, select on table idempotency_keys to rollcall_system;
grant insert, select on table idempotency_keys to rollcall_gateway;
grant update (request_id, created_at) on table idempotency_keys to rollcall_gateway;

create table leaves (
  id uuid not null,
  organization_id uuid not null,
  user_id uuid not null,
  starts_on date not null,
  ends_on date not null,
  kind text not null,
  withdrawn_at timestamp with time zone,
  created_by uuid,
  created_at timestamp with time zone default now() not null,
  known_epoch smallint,
  known_xid xid8,
  withdrawn_epoch smallint,
  withdrawn_xid xid8,
  until_time text,
  from_time text,
  constraint leaves_pkey PRIMARY KEY (id),
  constraint leaves_check CHECK ((ends_on >= starts_on)),
  constraint leaves_from_time_check CHECK ((from_time ~ '^([01][0-9]|2[0-3]):[0-5][0-9]$'::text)),
  constraint leaves_organization_id_user_id_fkey FOREIGN KEY (organization_id, user_id) REFERENCES users(organization_id, id) ON DELETE CASCADE,
  constraint leaves_part_check CHECK (((until_time IS NULL) OR (from_time IS NULL))),
  constraint leaves_until_time_check CHECK ((until_time ~ '^([01][0-9]|2[0-3]):[0-5][0-9]$'::text))
);
CREATE INDEX leaves_user_idx ON public.leaves USING btree (organization_id, user_id, starts_on);
alter table leaves enable row level security, force row level security;
create policy organization_scope on leaves as permissive for all to rollcall_gateway using ((organization_id = current_organization_id())) with check ((organization_id = current_organization_id()));
create policy owner_scope on leaves as permissive for all to rollcall_owner using (true) with check (true);
create policy system_scope on leaves as permissive for all to rollcall_system using (true) with check (true);
grant insert, select on table leaves to rollcall_gateway;
grant select on table leaves to rollcall_system;
grant update (withdrawn_at) on table leaves to rollcall_gateway;
CREATE TRIGGER stamp_known BEFORE INSERT OR UPDATE ON leaves FOR EACH ROW EXECUTE FUNCTION stamp_known();
comment on column leaves.until_time is 'Local time HH:MM: on leave from the beginning of the shift to then. With neither this nor from_time: the whole day.';
comment on column leaves.from_time is 'Local time HH:MM: on leave from then to the end of the shift.';

create table ledger_gaps (
  id uuid not null,
  organization_id uuid not null,
  stage text not null,
  since timestamp with time zone not null,
  limit_seconds integer not null,
  began_at timestamp with time zone not null,
  ended_at timestamp with time zone,
  constraint ledger_gaps_pkey PRIMARY KEY (id),
  constraint ledger_gaps_organization_id_fkey FOREIGN KEY (organization_id) REFERENCES organizations(id) ON DELETE CASCADE,
  constraint ledger_gaps_stage_check CHECK ((stage = ANY (ARRAY['decision'::text, 'projection'::text])))
);
CREATE UNIQUE INDEX ledger_gaps_open_key ON public.ledger_gaps USING btree (organization_id, stage) WHERE (ended_at IS NULL);
alter table ledger_gaps enable row level security, force row level security;
create policy organization_scope on ledger_gaps as permissive for all to rollcall_gateway using ((organization_id = current_organization_id())) with check ((organization_id = current_organization_id()));
create policy owner_scope on ledger_gaps as permissive for all to rollcall_owner using (true) with check (true);
create policy system_scope on ledger_gaps as permissive for all to rollcall_system using (true) with check (true);
grant insert, select, update on table ledger_gaps to rollcall_system;
grant select on table ledger_gaps to rollcall_gateway;
comment on table ledger_gaps is 'Each time something accepted was not decided, or something decided not projected, for longer than the limit. One open an organization and stage: told once, cleared once.';
comment on column ledger_gaps.since is 'Since when the oldest of it waited, as it was found.';

create table log_identity (
  epoch smallint not null,
  system_identifier bigint not null,
  timeline integer not null,
  started_at timestamp with time zone default now() not null,
  constraint log_identity_pkey PRIMARY KEY (epoch)
);
grant select on table log_identity to rollcall_gateway;
grant select on table log_identity to rollcall_system;
comment on table log_identity is 'One row an epoch. A restore starts a new epoch: transaction ids begin anew in another cluster, and go back in one restored to an earlier moment.';

create table notification_marks (
  organization_id uuid not null,
  user_id uuid not null,
  audience smallint not null,
  epoch smallint not null,
  xid xid8 not null,
  "position" bigint not null,
  read_at timestamp with time zone default now() not null,
  constraint notification_marks_pkey PRIMARY KEY (organization_id, user_id, audience, epoch, xid, "position"),
  constraint notification_marks_audience_check CHECK (((audience >= 0) AND (audience <= 3))),
  constraint notification_marks_organization_id_user_id_fkey FOREIGN KEY (organization_id, user_id) REFERENCES users(organization_id, id) ON DELETE CASCADE
);
alter table notification_marks enable row level security, force row level security;
create policy organization_scope on notification_marks as permissive for all to rollcall_gateway using ((organization_id = current_organization_id())) with check ((organization_id = current_organization_id()));
create policy owner_scope on notification_marks as permissive for all to rollcall_owner using (true) with check (true);
create policy system_scope on notification_marks as permissive for all to rollcall_system using (true) with check (true);
grant insert, select, update on table notification_marks to rollcall_gateway;
comment on table notification_marks is 'Up to where somebody has read, one row each time they said so: what is unread comes after the last. notification_reads holds what was read singly.';
comment on column notification_marks.audience is 'Whose notifications: 0 those to the person alone, else the role (1 to 3) they went to. Who is given a higher role later has read nothing of it.';

create table notification_reads (
  notification_id uuid not null,
  organization_id uuid not null,
  user_id uuid not null,
  read_at timestamp with time zone default now() not null,
  constraint notification_reads_pkey PRIMARY KEY (notification_id, user_id),
  constraint notification_reads_notification_id_fkey FOREIGN KEY (notification_id) REFERENCES notifications(id) ON DELETE CASCADE,
  constraint notification_reads_organization_id_user_id_fkey FOREIGN KEY (organization_id, user_id) REFERENCES users(organization_id, id) ON DELETE CASCADE
);
CREATE INDEX notification_reads_user_idx ON public.notification_reads USING btree (organization_id, user_id);
alter table notification_reads enable row level security, force row level security;
create policy organization_scope on notification_reads as permissive for all to rollcall_gateway using ((organization_id = current_organization_id())) with check ((organization_id = current_organization_id()));
create policy owner_scope on notification_reads as permissive for all to rollcall_owner using (true) with check (true);
create policy system_scope on notification_reads as permissive for all to rollcall_system using (true) with check (true);
grant insert, select on table notification_reads to rollcall_gateway;

create table notification_rules (
  organization_id uuid not null,
  version integer not null,
  rules jsonb not null,
  created_by uuid,
  created_at timestamp with time zone default now() not null,
  known_epoch smallint,
  known_xid xid8,
  constraint notification_rules_pkey PRIMARY KEY (organization_id, version),
  constraint notification_rules_organization_id_fkey FOREIGN KEY (organization_id) REFERENCES organizations(id) ON DELETE CASCADE,
  constraint notification_rules_version_check CHECK ((version > 0))
);
alter table notification_rules enable row level security, force row level security;
create policy organization_scope on notification_rules as permissive for all to rollcall_gateway using ((organization_id = current_organization_id())) with check ((organization_id = current_organization_id()));
create policy owner_scope on notification_rules as permissive for all to rollcall_owner using (true) with check (true);
create policy system_scope on notification_rules as permissive for all to rollcall_system using (true) with check (true);
grant insert, select on table notification_rules to rollcall_gateway;
grant select on table notification_rules to rollcall_system;
CREATE TRIGGER stamp_known BEFORE INSERT ON notification_rules FOR EACH ROW EXECUTE FUNCTION stamp_known();
comment on table notification_rules is 'Who is told of what: versions that never change, so that a replay tells nobody anything else. Absent keys have the defaults of packages/contracts.';

create table notifications (
  epoch smallint not null,
  xid xid8 default pg_current_xact_id() not null,
  "position" bigint generated always as identity not null,
  id uuid not null,
  organization_id uuid not null,
  user_id uuid,
  role_id smallint,
  type text not null,
  severity text default 'info'::text not null,
  subject text not null,
  payload jsonb default '{}'::jsonb not null,
  event_id uuid not null,
  created_at timestamp with time zone not null,
  constraint notifications_pkey PRIMARY KEY (id),
  constraint notifications_check CHECK (((user_id IS NULL) <> (role_id IS NULL))),
  constraint notifications_organization_id_fkey FOREIGN KEY (organization_id) REFERENCES organizations(id) ON DELETE CASCADE,
  constraint notifications_organization_id_user_id_fkey FOREIGN KEY (organization_id, user_id) REFERENCES users(organization_id, id) ON DELETE CASCADE,
  constraint notifications_role_id_fkey FOREIGN KEY (role_id) REFERENCES roles(id) ON DELETE RESTRICT,
  constraint notifications_severity_check CHECK ((severity = ANY (ARRAY['info'::text, 'warning'::text, 'critical'::text])))
);
CREATE INDEX notifications_organization_idx ON public.notifications USING btree (organization_id, epoch, xid, "position");
CREATE INDEX notifications_role_idx ON public.notifications USING btree (organization_id, role_id, epoch, xid, "position") WHERE (role_id IS NOT NULL);
CREATE INDEX notifications_user_idx ON public.notifications USING btree (organization_id, user_id, epoch, xid, "position");
alter table notifications enable row level security, force row level security;
create policy organization_scope on notifications as permissive for all to rollcall_gateway using ((organization_id = current_organization_id())) with check ((organization_id = current_organization_id()));
create policy owner_scope on notifications as permissive for all to rollcall_owner using (true) with check (true);
create policy system_scope on notifications as permissive for all to rollcall_system using (true) with check (true);
grant insert, select on table notifications to rollcall_system;
grant select on table notifications to rollcall_gateway;
comment on column notifications.role_id is 'A notification goes to one person (user_id) or to everybody of a role or a higher one.';

create table object_deletions (
  object_key text not null,
  organization_id uuid not null,
  requested_at timestamp with time zone default now() not null,
  attempts integer default 0 not null,
  last_error text,
  is_orphan boolean default false not null,
  constraint object_deletions_pkey PRIMARY KEY (object_key),
  constraint object_deletions_organization_id_fkey FOREIGN KEY (organization_id) REFERENCES organizations(id) ON DELETE CASCADE
);
alter table object_deletions enable row level security, force row level security;
create policy organization_scope on object_deletions as permissive for all to rollcall_gateway using ((organization_id = current_organization_id())) with check ((organization_id = current_organization_id()));
create policy owner_scope on object_deletions as permissive for all to rollcall_owner using (true) with check (true);
create policy system_scope on object_deletions as permissive for all to rollcall_system using (true) with check (true);
grant delete, insert, select, update on table object_deletions to rollcall_system;
grant insert on table object_deletions to rollcall_gateway;
comment on table object_deletions is 'Objects whose row is gone: the sweep deletes the object, then this row.';
comment on column object_deletions.is_orphan is 'No row was found that owns it; that is looked at again before it is deleted. Else the row that owned it is gone for certain.';

create table organization_versions (
  id uuid not null,
  organization_id uuid not null,
  version integer not null,
  valid_from date not null,
  timezone text not null,
  work_week smallint[] not null,
  created_by uuid,
  created_at timestamp with time zone default now() not null,
  known_epoch smallint,
  known_xid xid8,
  constraint organization_versions_pkey PRIMARY KEY (id),
  constraint organization_versions_organization_id_version_key UNIQUE (organization_id, version),
  constraint organization_versions_organization_id_fkey FOREIGN KEY (organization_id) REFERENCES organizations(id) ON DELETE CASCADE
);
alter table organization_versions enable row level security, force row level security;
create policy organization_scope on organization_versions as permissive for all to rollcall_gateway using ((organization_id = current_organization_id())) with check ((organization_id = current_organization_id()));
create policy owner_scope on organization_versions as permissive for all to rollcall_owner using (true) with check (true);
create policy system_scope on organization_versions as permissive for all to rollcall_system using (true) with check (true);
grant insert, select on table organization_versions to rollcall_gateway;
grant select on table organization_versions to rollcall_system;
CREATE TRIGGER stamp_known BEFORE INSERT ON organization_versions FOR EACH ROW EXECUTE FUNCTION stamp_known();
comment on table organization_versions is 'Time zone and work week by date. None: the time zone of organizations, Monday to Friday.';

create table organizations (
  id uuid not null,
  slug text not null,
  name text not null,
  timezone text default 'UTC'::text not null,
  locale text default 'en'::text not null,
  version integer default 1 not null,
  created_at timestamp with time zone default now() not null,
  updated_at timestamp with time zone default now() not null,
  constraint organizations_pkey PRIMARY KEY (id),
  constraint organizations_slug_key UNIQUE (slug),
  constraint organizations_name_check CHECK (((length(name) >= 1) AND (length(name) <= 200))),
  constraint organizations_slug_check CHECK ((slug ~ '^[a-z0-9][a-z0-9-]{0,62}$'::text))
);
alter table organizations enable row level security, force row level security;
create policy organization_scope on organizations as permissive for all to rollcall_gateway using ((id = current_organization_id())) with check ((id = current_organization_id()));
create policy owner_scope on organizations as permissive for all to rollcall_owner using (true) with check (true);
create policy system_scope on organizations as permissive for all to rollcall_system using (true) with check (true);
grant insert, select, update on table organizations to rollcall_gateway;
grant select on table organizations to rollcall_system;

create table policy_versions (
  id uuid not null,
  organization_id uuid not null,
  version integer not null,
  valid_from date not null,
  rules jsonb not null,
  created_by uuid,
  created_at timestamp with time zone default now() not null,
  known_epoch smallint,
  known_xid xid8,
  constraint policy_versions_pkey PRIMARY KEY (id),
  constraint policy_versions_organization_id_version_key UNIQUE (organization_id, version),
  constraint policy_versions_organization_id_fkey FOREIGN KEY (organization_id) REFERENCES organizations(id) ON DELETE CASCADE
);
CREATE INDEX policy_versions_valid_from_idx ON public.policy_versions USING btree (organization_id, valid_from);
alter table policy_versions enable row level security, force row level security;
create policy organization_scope on policy_versions as permissive for all to rollcall_gateway using ((organization_id = current_organization_id())) with check ((organization_id = current_organization_id()));
create policy owner_scope on policy_versions as permissive for all to rollcall_owner using (true) with check (true);
create policy system_scope on policy_versions as permissive for all to rollcall_system using (true) with check (true);
grant insert, select on table policy_versions to rollcall_gateway;
grant select on table policy_versions to rollcall_system;
CREATE TRIGGER stamp_known BEFORE INSERT ON policy_versions FOR EACH ROW EXECUTE FUNCTION stamp_known();
comment on column policy_versions.rules is 'AttendancePolicyRules of packages/contracts: pairing, min_interval_seconds, day_cutoff, timezone, grace …';

create table projection_checkpoints (
  projection text not null,
  organization_id uuid not null,
  epoch smallint not null,
  xid xid8 not null,
  "position" bigint not null,
  updated_at timestamp with time zone default now() not null,
  constraint projection_checkpoints_pkey PRIMARY KEY (projection, organization_id)
);
alter table projection_checkpoints enable row level security, force row level security;
create policy organization_scope on projection_checkpoints as permissive for all to rollcall_gateway using ((organization_id = current_organization_id())) with check ((organization_id = current_organization_id()));
create policy owner_scope on projection_checkpoints as permissive for all to rollcall_owner using (true) with check (true);
create policy system_scope on projection_checkpoints as permissive for all to rollcall_system using (true) with check (true);
grant delete, insert, select, update on table projection_checkpoints to rollcall_system;
grant select on table projection_checkpoints to rollcall_gateway;

create table projection_leases (
  projection text not null,
  organization_id uuid not null,
  holder uuid not null,
  leased_until timestamp with time zone not null,
  constraint projection_leases_pkey PRIMARY KEY (projection, organization_id)
);
alter table projection_leases enable row level security, force row level security;
create policy organization_scope on projection_leases as permissive for all to rollcall_gateway using ((organization_id = current_organization_id())) with check ((organization_id = current_organization_id()));
create policy owner_scope on projection_leases as permissive for all to rollcall_owner using (true) with check (true);
create policy system_scope on projection_leases as permissive for all to rollcall_system using (true) with check (true);
grant insert, select, update on table projection_leases to rollcall_system;

create table projection_replays (
  projection text not null,
  organization_id uuid not null,
  began_at timestamp with time zone default now() not null,
  moved_at timestamp with time zone default now() not null,
  constraint projection_replays_pkey PRIMARY KEY (projection, organization_id)
);
alter table projection_replays enable row level security, force row level security;
create policy organization_scope on projection_replays as permissive for all to rollcall_gateway using ((organization_id = current_organization_id())) with check ((organization_id = current_organization_id()));
create policy owner_scope on projection_replays as permissive for all to rollcall_owner using (true) with check (true);
create policy system_scope on projection_replays as permissive for all to rollcall_system using (true) with check (true);
grant delete, insert, select, update on table projection_replays to rollcall_system;
comment on table projection_replays is 'Organizations whose log is projected again, until they have caught up: how far they are behind is no illness as long as they move.';
comment on column projection_replays.moved_at is 'When the deletion of the former rows ended; from then on the checkpoint tells.';

create table projection_skips (
  projection text not null,
  organization_id uuid not null,
  event_id uuid not null,
  event_type text not null,
  failure text not null,
  reason text not null,
  skipped_by text not null,
  skipped_at timestamp with time zone default now() not null,
  constraint projection_skips_pkey PRIMARY KEY (projection, organization_id, event_id),
  constraint projection_skips_reason_check CHECK (((length(reason) >= 1) AND (length(reason) <= 500)))
);
alter table projection_skips enable row level security, force row level security;
create policy organization_scope on projection_skips as permissive for all to rollcall_gateway using ((organization_id = current_organization_id())) with check ((organization_id = current_organization_id()));
create policy owner_scope on projection_skips as permissive for all to rollcall_owner using (true) with check (true);
create policy system_scope on projection_skips as permissive for all to rollcall_system using (true) with check (true);
grant select on table projection_skips to rollcall_gateway;
grant select on table projection_skips to rollcall_system;
comment on table projection_skips is 'Events that were passed over because an admin said so, with the admin''s reason; a replay passes them over too.';

create table projection_stops (
  projection text not null,
  organization_id uuid not null,
  event_id uuid not null,
  event_type text not null,
  from_epoch smallint,
  from_xid xid8,
  from_position bigint,
  epoch smallint not null,
  xid xid8 not null,
  "position" bigint not null,
  reason text not null,
  stopped_at timestamp with time zone default now() not null,
  constraint projection_stops_pkey PRIMARY KEY (projection, organization_id),
  constraint projection_stops_reason_check CHECK (((length(reason) >= 1) AND (length(reason) <= 80)))
);
alter table projection_stops enable row level security, force row level security;
create policy organization_scope on projection_stops as permissive for all to rollcall_gateway using ((organization_id = current_organization_id())) with check ((organization_id = current_organization_id()));
create policy owner_scope on projection_stops as permissive for all to rollcall_owner using (true) with check (true);
create policy system_scope on projection_stops as permissive for all to rollcall_system using (true) with check (true);
grant delete, insert, select, update on table projection_stops to rollcall_system;
grant select on table projection_stops to rollcall_gateway;
comment on table projection_stops is 'Where a projection of an organization (the nil uuid: of the installation) stands still, and before which event.';
comment on column projection_stops.from_epoch is 'Where the checkpoint stands; null: before the first event.';
comment on column projection_stops.reason is 'A code word; the message is in system_logs.';

create table recognition_requests (
  id uuid not null,
  organization_id uuid not null,
  source_id uuid not null,
  status text default 'queued'::text not null,
  priority smallint default 0 not null,
  mode text default 'single'::text not null,
  captured_at timestamp with time zone not null,
  received_at timestamp with time zone default now() not null,
  expires_at timestamp with time zone,
  late_arrival boolean default false not null,
  requested_by text not null,
  correlation_id uuid not null,
  request_event_id uuid not null,
  image_key text,
  image_sha256 bytea not null,
  image_content_type text not null,
  image_bytes integer not null,
  image_width integer not null,
  image_height integer not null,
  model_id text,
  gallery_version bigint,
  synthetic boolean default false not null,
  reason text,
  attempts smallint default 0 not null,
  claimed_by uuid,
  claimed_until timestamp with time zone,
  completed_at timestamp with time zone,
  outcome text,
  decided_epoch smallint,
  decided_xid xid8,
  requeues smallint default 0 not null,
  discarded_at timestamp with time zone,
  discarded_by text,
  storage_trouble_since timestamp with time zone,
  requeued_at timestamp with time zone,
  constraint recognition_requests_pkey PRIMARY KEY (id, organization_id),
  constraint recognition_requests_mode_check CHECK ((mode = ANY (ARRAY['single'::text, 'group'::text]))),
  constraint recognition_requests_model_id_fkey FOREIGN KEY (model_id) REFERENCES face_models(id) ON DELETE RESTRICT,
  constraint recognition_requests_organization_id_source_id_fkey FOREIGN KEY (organization_id, source_id) REFERENCES sources(organization_id, id) ON DELETE RESTRICT,
  constraint recognition_requests_outcome_check CHECK ((outcome = ANY (ARRAY['matched'::text, 'review'::text, 'unknown'::text, 'rejected'::text, 'no_face'::text]))),
  constraint recognition_requests_status_check CHECK ((status = ANY (ARRAY['queued'::text, 'processing'::text, 'completed'::text, 'expired'::text, 'failed'::text])))
);
CREATE INDEX recognition_requests_expiry_idx ON public.recognition_requests USING btree (expires_at) WHERE ((status = 'queued'::text) AND (expires_at IS NOT NULL));
CREATE INDEX recognition_requests_failed_idx ON public.recognition_requests USING btree (organization_id, id) WHERE (status = ANY (ARRAY['failed'::text, 'expired'::text]));
CREATE INDEX recognition_requests_images_idx ON public.recognition_requests USING btree (organization_id, completed_at) WHERE ((image_key IS NOT NULL) AND (completed_at IS NOT NULL));
CREATE INDEX recognition_requests_lease_idx ON public.recognition_requests USING btree (claimed_until) WHERE (status = 'processing'::text);
CREATE INDEX recognition_requests_queue_idx ON public.recognition_requests USING btree (source_id, priority DESC, received_at DESC) INCLUDE (expires_at) WHERE (status = 'queued'::text);
CREATE INDEX recognition_requests_received_idx ON public.recognition_requests USING btree (organization_id, received_at);
alter table recognition_requests enable row level security, force row level security;
create policy organization_scope on recognition_requests as permissive for all to rollcall_gateway using ((organization_id = current_organization_id())) with check ((organization_id = current_organization_id()));
create policy owner_scope on recognition_requests as permissive for all to rollcall_owner using (true) with check (true);
create policy system_scope on recognition_requests as permissive for all to rollcall_system using (true) with check (true);
grant insert, select, update on table recognition_requests to rollcall_system;
grant select on table recognition_requests to rollcall_gateway;
comment on column recognition_requests.image_key is 'Null once the frame is not kept any more (retention.frame_days).';
comment on column recognition_requests.gallery_version is 'Version of the gallery the answer was found in; set at completion. A claim reads the gallery''s present version, which is never older than at submission.';
comment on column recognition_requests.outcome is 'What a completed frame came to: the best of its faces'' decisions.';
comment on column recognition_requests.decided_xid is 'The transaction that ended it and appended its event; null for what ended before this was kept, and that is projected.';
comment on column recognition_requests.discarded_at is 'An admin has seen that it failed or expired and does not want it tried again.';
comment on column recognition_requests.storage_trouble_since is 'When trouble of storage or database first kept it from being worked on; null when it was something else since, or never.';
comment on column recognition_requests.requeued_at is 'When an admin last put it into the queue again: since then it waits.';

create table recognized_faces (
  id uuid not null,
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
  liveness_verdict text not null,
  decision text not null,
  reason text,
  user_id uuid,
  face_id uuid,
  similarity real,
  margin real,
  runner_up_user_id uuid,
  runner_up_similarity real,
  match_threshold real,
  crop_key text,
  crop_sha256 bytea,
  embedding bytea,
  key_id text,
  nonce bytea,
  created_at timestamp with time zone default now() not null,
  constraint recognized_faces_pkey PRIMARY KEY (id),
  constraint recognized_faces_crop_key_key UNIQUE (crop_key),
  constraint recognized_faces_recognition_id_face_index_key UNIQUE (recognition_id, face_index),
  constraint recognized_faces_decision_check CHECK ((decision = ANY (ARRAY['match'::text, 'review'::text, 'unknown'::text, 'rejected'::text]))),
  constraint recognized_faces_liveness_verdict_check CHECK ((liveness_verdict = ANY (ARRAY['live'::text, 'spoof'::text, 'unknown'::text]))),
  constraint recognized_faces_organization_id_recognition_id_fkey FOREIGN KEY (organization_id, recognition_id) REFERENCES recognition_requests(organization_id, id) ON DELETE CASCADE
);
CREATE INDEX recognized_faces_crops_idx ON public.recognized_faces USING btree (organization_id, created_at) WHERE (crop_key IS NOT NULL);
CREATE INDEX recognized_faces_user_idx ON public.recognized_faces USING btree (organization_id, user_id) WHERE (user_id IS NOT NULL);
alter table recognized_faces enable row level security, force row level security;
create policy organization_scope on recognized_faces as permissive for all to rollcall_gateway using ((organization_id = current_organization_id())) with check ((organization_id = current_organization_id()));
create policy owner_scope on recognized_faces as permissive for all to rollcall_owner using (true) with check (true);
create policy system_scope on recognized_faces as permissive for all to rollcall_system using (true) with check (true);
grant insert, select, update on table recognized_faces to rollcall_system;
grant select (id, organization_id, recognition_id, face_index, box_x, box_y, box_width, box_height, detection_score, quality, liveness_score, liveness_verdict, decision, reason, user_id, face_id, similarity, margin, runner_up_user_id, runner_up_similarity, match_threshold, crop_key, crop_sha256) on table recognized_faces to rollcall_gateway;
comment on column recognized_faces.face_id is 'The enrolled face it matched; history, so no foreign key: that face may be erased since.';
comment on column recognized_faces.crop_key is 'Null also once the crop is not kept any more (retention.crop_days, retention.ended_review_crop_days).';
comment on column recognized_faces.embedding is 'Kept for review and unknown faces only, so that a later "this is X" needs no second inference.';
comment on column recognized_faces.created_at is 'When it was written; for what is older than this column, when that was added.';

create table recomputation_spans (
  id bigint generated always as identity not null,
  organization_id uuid not null,
  user_id uuid,
  from_date date not null,
  to_date date not null,
  slice_from date,
  after_user_id uuid,
  known_epoch smallint not null,
  known_xid xid8 not null,
  cause_id uuid not null,
  correlation_id uuid not null,
  subject text not null,
  requested_at timestamp with time zone default now() not null,
  constraint recomputation_spans_pkey PRIMARY KEY (id),
  constraint recomputation_spans_check CHECK ((from_date <= to_date)),
  constraint recomputation_spans_check1 CHECK (((slice_from >= from_date) AND (slice_from <= to_date))),
  constraint recomputation_spans_organization_id_fkey FOREIGN KEY (organization_id) REFERENCES organizations(id) ON DELETE CASCADE,
  constraint recomputation_spans_organization_id_user_id_fkey FOREIGN KEY (organization_id, user_id) REFERENCES users(organization_id, id) ON DELETE CASCADE
);
CREATE INDEX recomputation_spans_dates_idx ON public.recomputation_spans USING btree (organization_id, to_date);
CREATE INDEX recomputation_spans_user_idx ON public.recomputation_spans USING btree (organization_id, user_id);
alter table recomputation_spans enable row level security, force row level security;
create policy organization_scope on recomputation_spans as permissive for all to rollcall_gateway using ((organization_id = current_organization_id())) with check ((organization_id = current_organization_id()));
create policy owner_scope on recomputation_spans as permissive for all to rollcall_owner using (true) with check (true);
create policy system_scope on recomputation_spans as permissive for all to rollcall_system using (true) with check (true);
grant delete, select, update on table recomputation_spans to rollcall_system;
grant select on table recomputation_spans to rollcall_gateway;
comment on table recomputation_spans is 'Days still to be computed anew. The projector takes them in instalments, newest dates first, each of which becomes an event; a row shrinks from its end and is gone when nothing is left.';
comment on column recomputation_spans.user_id is 'Null: everybody.';
comment on column recomputation_spans.slice_from is 'Everybody: of the dates from here to to_date, people up to after_user_id are done. Null: nobody is.';
comment on column recomputation_spans.known_xid is 'With known_epoch the place in the log of the newest change behind it.';
comment on column recomputation_spans.cause_id is 'The event of that change.';

create table refresh_tokens (
  id uuid not null,
  organization_id uuid not null,
  user_id uuid not null,
  family_id uuid not null,
  token_hash bytea not null,
  issued_at timestamp with time zone default now() not null,
  expires_at timestamp with time zone not null,
  used_at timestamp with time zone,
  revoked_at timestamp with time zone,
  replaced_by uuid,
  token_generation integer default 0 not null,
  session_ends_at timestamp with time zone default now() not null,
  constraint refresh_tokens_pkey PRIMARY KEY (id),
  constraint refresh_tokens_token_hash_key UNIQUE (token_hash),
  constraint refresh_tokens_organization_id_user_id_fkey FOREIGN KEY (organization_id, user_id) REFERENCES users(organization_id, id) ON DELETE CASCADE
);
CREATE INDEX refresh_tokens_family_idx ON public.refresh_tokens USING btree (family_id);
CREATE INDEX refresh_tokens_user_idx ON public.refresh_tokens USING btree (organization_id, user_id);
alter table refresh_tokens enable row level security, force row level security;
create policy organization_scope on refresh_tokens as permissive for all to rollcall_gateway using ((organization_id = current_organization_id())) with check ((organization_id = current_organization_id()));
create policy owner_scope on refresh_tokens as permissive for all to rollcall_owner using (true) with check (true);
create policy system_scope on refresh_tokens as permissive for all to rollcall_system using (true) with check (true);
grant delete, select on table refresh_tokens to rollcall_system;
grant insert, select, update on table refresh_tokens to rollcall_gateway;
comment on column refresh_tokens.family_id is 'The session: the token of the sign-in and all its successors. A used token that comes again ends all of them.';
comment on column refresh_tokens.replaced_by is 'The token that was given for this one.';
comment on column refresh_tokens.token_generation is 'users.token_generation when it was issued; of an older one it is refused. 0: of none.';
comment on column refresh_tokens.session_ends_at is 'The same for all tokens of a session: however often it is refreshed, it ends then.';

create table registration_requests (
  id uuid not null,
  organization_id uuid not null,
  user_id uuid not null,
  status text default 'queued'::text not null,
  requested_by text not null,
  correlation_id uuid not null,
  request_event_id uuid not null,
  images jsonb not null,
  rejected jsonb default '[]'::jsonb not null,
  reason text,
  attempts smallint default 0 not null,
  claimed_by uuid,
  claimed_until timestamp with time zone,
  created_at timestamp with time zone default now() not null,
  completed_at timestamp with time zone,
  decided_epoch smallint,
  decided_xid xid8,
  discarded_at timestamp with time zone,
  discarded_by text,
  storage_trouble_since timestamp with time zone,
  constraint registration_requests_pkey PRIMARY KEY (id),
  constraint registration_requests_organization_id_fkey FOREIGN KEY (organization_id) REFERENCES organizations(id) ON DELETE CASCADE,
  constraint registration_requests_organization_id_user_id_fkey FOREIGN KEY (organization_id, user_id) REFERENCES users(organization_id, id) ON DELETE CASCADE,
  constraint registration_requests_status_check CHECK ((status = ANY (ARRAY['queued'::text, 'processing'::text, 'completed'::text, 'rejected'::text, 'failed'::text])))
);
CREATE INDEX registration_requests_created_idx ON public.registration_requests USING btree (organization_id, created_at);
CREATE INDEX registration_requests_failed_idx ON public.registration_requests USING btree (organization_id, id) WHERE (status = 'failed'::text);
CREATE INDEX registration_requests_lease_idx ON public.registration_requests USING btree (claimed_until) WHERE (status = 'processing'::text);
CREATE INDEX registration_requests_queue_idx ON public.registration_requests USING btree (created_at) WHERE (status = 'queued'::text);
CREATE INDEX registration_requests_user_idx ON public.registration_requests USING btree (organization_id, user_id);
alter table registration_requests enable row level security, force row level security;
create policy organization_scope on registration_requests as permissive for all to rollcall_gateway using ((organization_id = current_organization_id())) with check ((organization_id = current_organization_id()));
create policy owner_scope on registration_requests as permissive for all to rollcall_owner using (true) with check (true);
create policy system_scope on registration_requests as permissive for all to rollcall_system using (true) with check (true);
grant insert, select, update on table registration_requests to rollcall_gateway;
grant insert, select, update on table registration_requests to rollcall_system;
comment on column registration_requests.images is 'Array of {index, object_key, sha256, content_type, byte_size, width, height}; emptied when the request ends.';
comment on column registration_requests.rejected is 'Array of {image_index, code, message}.';
comment on column registration_requests.decided_xid is 'The transaction that ended it and appended its event; null for what ended before this was kept.';
comment on column registration_requests.storage_trouble_since is 'As in recognition_requests.';

create table rejected_matches (
  id uuid not null,
  organization_id uuid not null,
  user_id uuid not null,
  face_id uuid not null,
  model_id text not null,
  review_id uuid not null,
  embedding bytea not null,
  key_id text,
  nonce bytea,
  created_at timestamp with time zone default now() not null,
  constraint rejected_matches_pkey PRIMARY KEY (id),
  constraint rejected_matches_face_id_fkey FOREIGN KEY (face_id) REFERENCES face_embeddings(id) ON DELETE CASCADE,
  constraint rejected_matches_model_id_fkey FOREIGN KEY (model_id) REFERENCES face_models(id) ON DELETE RESTRICT,
  constraint rejected_matches_organization_id_user_id_fkey FOREIGN KEY (organization_id, user_id) REFERENCES users(organization_id, id) ON DELETE CASCADE
);
CREATE INDEX rejected_matches_face_idx ON public.rejected_matches USING btree (face_id);
CREATE INDEX rejected_matches_gallery_idx ON public.rejected_matches USING btree (organization_id, model_id, user_id, created_at);
CREATE UNIQUE INDEX rejected_matches_review_key ON public.rejected_matches USING btree (review_id);
alter table rejected_matches enable row level security, force row level security;
create policy organization_scope on rejected_matches as permissive for all to rollcall_gateway using ((organization_id = current_organization_id())) with check ((organization_id = current_organization_id()));
create policy owner_scope on rejected_matches as permissive for all to rollcall_owner using (true) with check (true);
create policy system_scope on rejected_matches as permissive for all to rollcall_system using (true) with check (true);
grant select on table rejected_matches to rollcall_system;
grant select (id, organization_id, user_id, face_id, model_id, review_id, created_at) on table rejected_matches to rollcall_gateway;
comment on table rejected_matches is 'Faces that an operator said are not this person: what is nearer to one of them than to the person''s own faces is not taken for the person. Bounded by reject_review().';
comment on column rejected_matches.face_id is 'The enrolled face it was taken for; erased with it.';
comment on column rejected_matches.review_id is 'History, so no foreign key.';

create table requeued_requests (
  id uuid not null,
  organization_id uuid not null,
  recognition_id uuid not null,
  ended_as text not null,
  reason text,
  attempts smallint not null,
  ended_at timestamp with time zone,
  decided_epoch smallint,
  decided_xid xid8,
  requeued_by text not null,
  requeued_at timestamp with time zone default now() not null,
  constraint requeued_requests_pkey PRIMARY KEY (id),
  constraint requeued_requests_ended_as_check CHECK ((ended_as = ANY (ARRAY['failed'::text, 'expired'::text]))),
  constraint requeued_requests_organization_id_fkey FOREIGN KEY (organization_id) REFERENCES organizations(id) ON DELETE CASCADE,
  constraint requeued_requests_organization_id_recognition_id_fkey FOREIGN KEY (organization_id, recognition_id) REFERENCES recognition_requests(organization_id, id) ON DELETE CASCADE
);
CREATE INDEX requeued_requests_recognition_idx ON public.requeued_requests USING btree (organization_id, recognition_id);
alter table requeued_requests enable row level security, force row level security;
create policy organization_scope on requeued_requests as permissive for all to rollcall_gateway using ((organization_id = current_organization_id())) with check ((organization_id = current_organization_id()));
create policy owner_scope on requeued_requests as permissive for all to rollcall_owner using (true) with check (true);
create policy system_scope on requeued_requests as permissive for all to rollcall_system using (true) with check (true);
grant select on table requeued_requests to rollcall_gateway;
grant select on table requeued_requests to rollcall_system;
comment on table requeued_requests is 'How frames had ended before an admin put them into the queue again.';
comment on column requeued_requests.id is 'Id of the event recognition.requeued.';

create table reviews (
  id uuid not null,
  organization_id uuid not null,
  recognized_face_id uuid not null,
  kind text not null,
  status text default 'open'::text not null,
  user_id uuid,
  decided_by uuid,
  decided_at timestamp with time zone,
  created_at timestamp with time zone not null,
  unknown_face_id uuid,
  crop_erased_at timestamp with time zone,
  constraint reviews_pkey PRIMARY KEY (id),
  constraint reviews_recognized_face_id_key UNIQUE (recognized_face_id),
  constraint reviews_kind_check CHECK ((kind = ANY (ARRAY['uncertain'::text, 'unknown'::text, 'liveness'::text]))),
  constraint reviews_organization_id_fkey FOREIGN KEY (organization_id) REFERENCES organizations(id) ON DELETE CASCADE,
  constraint reviews_organization_id_unknown_face_id_fkey FOREIGN KEY (organization_id, unknown_face_id) REFERENCES unknown_faces(organization_id, id) ON DELETE SET NULL (unknown_face_id),
  constraint reviews_organization_id_user_id_fkey FOREIGN KEY (organization_id, user_id) REFERENCES users(organization_id, id) ON DELETE RESTRICT,
  constraint reviews_recognized_face_id_fkey FOREIGN KEY (recognized_face_id) REFERENCES recognized_faces(id) ON DELETE CASCADE,
  constraint reviews_status_check CHECK ((status = ANY (ARRAY['open'::text, 'confirmed'::text, 'rejected'::text, 'expired'::text])))
);
CREATE INDEX reviews_ended_crops_idx ON public.reviews USING btree (organization_id, decided_at) WHERE ((status = ANY (ARRAY['rejected'::text, 'expired'::text])) AND (crop_erased_at IS NULL));
CREATE INDEX reviews_list_idx ON public.reviews USING btree (organization_id, status, id);
CREATE INDEX reviews_open_idx ON public.reviews USING btree (created_at) WHERE (status = 'open'::text);
CREATE INDEX reviews_ungrouped_idx ON public.reviews USING btree (created_at) WHERE ((status = 'open'::text) AND (kind = 'unknown'::text) AND (unknown_face_id IS NULL));
CREATE INDEX reviews_unknown_face_idx ON public.reviews USING btree (unknown_face_id, id) WHERE (unknown_face_id IS NOT NULL);
alter table reviews enable row level security, force row level security;
create policy organization_scope on reviews as permissive for all to rollcall_gateway using ((organization_id = current_organization_id())) with check ((organization_id = current_organization_id()));
create policy owner_scope on reviews as permissive for all to rollcall_owner using (true) with check (true);
create policy system_scope on reviews as permissive for all to rollcall_system using (true) with check (true);
grant insert, select, update on table reviews to rollcall_system;
grant select on table reviews to rollcall_gateway;
comment on column reviews.user_id is 'The candidate; once confirmed, whose attendance it became. Whom it was taken for stays in recognized_faces.';
comment on column reviews.crop_erased_at is 'Since when the crop of a review that ended without attendance is not kept any more.';

create table roles (
  id smallint not null,
  name text not null,
  constraint roles_pkey PRIMARY KEY (id),
  constraint roles_name_key UNIQUE (name)
);
grant select on table roles to rollcall_gateway;
grant select on table roles to rollcall_system;

create table shift_assignments (
  id uuid not null,
  organization_id uuid not null,
  user_id uuid not null,
  valid_from date not null,
  valid_until date,
  created_by uuid,
  created_at timestamp with time zone default now() not null,
  known_epoch smallint,
  known_xid xid8,
  withdrawn_at timestamp with time zone,
  withdrawn_epoch smallint,
  withdrawn_xid xid8,
  pattern jsonb not null,
  constraint shift_assignments_pkey PRIMARY KEY (id),
  constraint shift_assignments_organization_id_user_id_fkey FOREIGN KEY (organization_id, user_id) REFERENCES users(organization_id, id) ON DELETE CASCADE
);
CREATE INDEX shift_assignments_user_idx ON public.shift_assignments USING btree (organization_id, user_id, valid_from);
alter table shift_assignments enable row level security, force row level security;
create policy organization_scope on shift_assignments as permissive for all to rollcall_gateway using ((organization_id = current_organization_id())) with check ((organization_id = current_organization_id()));
create policy owner_scope on shift_assignments as permissive for all to rollcall_owner using (true) with check (true);
create policy system_scope on shift_assignments as permissive for all to rollcall_system using (true) with check (true);
grant insert, select on table shift_assignments to rollcall_gateway;
grant select on table shift_assignments to rollcall_system;
grant update (withdrawn_at) on table shift_assignments to rollcall_gateway;
CREATE TRIGGER stamp_known BEFORE INSERT OR UPDATE ON shift_assignments FOR EACH ROW EXECUTE FUNCTION stamp_known();
comment on column shift_assignments.pattern is '[{shift_id (the shift_key), weekdays: 1 Monday … 7 Sunday, null: the work week}]. Empty: no shift.';

create table shifts (
  id uuid not null,
  organization_id uuid not null,
  shift_key uuid not null,
  version integer not null,
  valid_from date not null,
  name text not null,
  rules jsonb not null,
  created_by uuid,
  created_at timestamp with time zone default now() not null,
  known_epoch smallint,
  known_xid xid8,
  is_retired boolean default false not null,
  constraint shifts_pkey PRIMARY KEY (id),
  constraint shifts_organization_id_id_key UNIQUE (organization_id, id),
  constraint shifts_organization_id_shift_key_version_key UNIQUE (organization_id, shift_key, version),
  constraint shifts_name_check CHECK (((length(name) >= 1) AND (length(name) <= 120))),
  constraint shifts_organization_id_fkey FOREIGN KEY (organization_id) REFERENCES organizations(id) ON DELETE CASCADE
);
alter table shifts enable row level security, force row level security;
create policy organization_scope on shifts as permissive for all to rollcall_gateway using ((organization_id = current_organization_id())) with check ((organization_id = current_organization_id()));
create policy owner_scope on shifts as permissive for all to rollcall_owner using (true) with check (true);
create policy system_scope on shifts as permissive for all to rollcall_system using (true) with check (true);
grant insert, select on table shifts to rollcall_gateway;
grant select on table shifts to rollcall_system;
CREATE TRIGGER stamp_known BEFORE INSERT ON shifts FOR EACH ROW EXECUTE FUNCTION stamp_known();
comment on column shifts.shift_key is 'The same for all versions of one shift.';
comment on column shifts.is_retired is 'Nobody works it from valid_from on.';

create table sign_in_attempts (
  key bytea not null,
  attempts integer not null,
  ends_at timestamp with time zone not null,
  constraint sign_in_attempts_pkey PRIMARY KEY (key)
);
CREATE INDEX sign_in_attempts_ends_idx ON public.sign_in_attempts USING btree (ends_at);
comment on table sign_in_attempts is 'Attempts to sign in by account, by address and by both, until the window ends. Keys are keyed hashes: no e-mail and no address stands here.';

create table sources (
  id uuid not null,
  organization_id uuid not null,
  source_type text not null,
  external_id text not null,
  name text,
  direction text default 'both'::text not null,
  capture_mode text default 'single'::text not null,
  is_active boolean default true not null,
  is_configured boolean default false not null,
  last_claimed_at timestamp with time zone,
  version integer default 1 not null,
  created_at timestamp with time zone default now() not null,
  updated_at timestamp with time zone default now() not null,
  deleted_at timestamp with time zone,
  constraint sources_pkey PRIMARY KEY (id),
  constraint sources_organization_id_id_key UNIQUE (organization_id, id),
  constraint sources_organization_id_source_type_external_id_key UNIQUE (organization_id, source_type, external_id),
  constraint sources_capture_mode_check CHECK ((capture_mode = ANY (ARRAY['single'::text, 'group'::text]))),
  constraint sources_direction_check CHECK ((direction = ANY (ARRAY['in'::text, 'out'::text, 'both'::text]))),
  constraint sources_external_id_check CHECK (((length(external_id) >= 1) AND (length(external_id) <= 120))),
  constraint sources_name_check CHECK (((length(name) >= 1) AND (length(name) <= 200))),
  constraint sources_organization_id_fkey FOREIGN KEY (organization_id) REFERENCES organizations(id) ON DELETE RESTRICT,
  constraint sources_source_type_check CHECK ((source_type = ANY (ARRAY['camera'::text, 'kiosk'::text, 'upload'::text])))
);
alter table sources enable row level security, force row level security;
create policy organization_scope on sources as permissive for all to rollcall_gateway using ((organization_id = current_organization_id())) with check ((organization_id = current_organization_id()));
create policy owner_scope on sources as permissive for all to rollcall_owner using (true) with check (true);
create policy system_scope on sources as permissive for all to rollcall_system using (true) with check (true);
grant insert, select, update on table sources to rollcall_gateway;
grant select, update on table sources to rollcall_system;
comment on column sources.external_id is 'The source_id a client sends with a frame.';
comment on column sources.is_configured is 'False while the source is known only because a frame named it.';
comment on column sources.last_claimed_at is 'When a frame of this source was last claimed: the source served longest ago is next.';
comment on column sources.deleted_at is 'Removed by an admin: its keys are revoked and its frames refused; what it saw stays.';

create table system_configs (
  organization_id uuid not null,
  body jsonb default '{}'::jsonb not null,
  version integer default 1 not null,
  updated_by uuid,
  updated_at timestamp with time zone default now() not null,
  constraint system_configs_pkey PRIMARY KEY (organization_id),
  constraint system_configs_organization_id_fkey FOREIGN KEY (organization_id) REFERENCES organizations(id) ON DELETE CASCADE
);
alter table system_configs enable row level security, force row level security;
create policy organization_scope on system_configs as permissive for all to rollcall_gateway using ((organization_id = current_organization_id())) with check ((organization_id = current_organization_id()));
create policy owner_scope on system_configs as permissive for all to rollcall_owner using (true) with check (true);
create policy system_scope on system_configs as permissive for all to rollcall_system using (true) with check (true);
grant insert, select, update on table system_configs to rollcall_gateway;
grant select on table system_configs to rollcall_system;
comment on table system_configs is 'Recognition thresholds, quality limits, cooldown, retention: what an admin may change while Rollcall runs. Absent keys have the defaults of packages/contracts.';

create table system_logs (
  id bigint generated always as identity not null,
  level text not null,
  service text not null,
  code text not null,
  message text not null,
  context jsonb default '{}'::jsonb not null,
  occurred_at timestamp with time zone default now() not null,
  organization_id uuid default '00000000-0000-0000-0000-000000000000'::uuid not null,
  worker_id uuid,
  repeats integer default 1 not null,
  constraint system_logs_pkey PRIMARY KEY (id),
  constraint system_logs_level_check CHECK ((level = ANY (ARRAY['warn'::text, 'error'::text, 'fatal'::text]))),
  constraint system_logs_repeats_check CHECK ((repeats >= 1))
);
CREATE INDEX system_logs_occurred_idx ON public.system_logs USING btree (occurred_at);
CREATE INDEX system_logs_organization_idx ON public.system_logs USING btree (organization_id, id);
alter table system_logs enable row level security, force row level security;
create policy organization_scope on system_logs as permissive for all to rollcall_gateway using ((organization_id = current_organization_id())) with check ((organization_id = current_organization_id()));
create policy owner_scope on system_logs as permissive for all to rollcall_owner using (true) with check (true);
create policy system_scope on system_logs as permissive for all to rollcall_system using (true) with check (true);
grant delete, insert, select on table system_logs to rollcall_system;
comment on table system_logs is 'Warnings and errors of the services. Written by write_system_logs, read by list_system_logs, purged by the clock.';
comment on column system_logs.organization_id is 'Whom the line is about; the nil uuid for the installation.';
comment on column system_logs.worker_id is 'The process: its id in worker_heartbeats.';
comment on column system_logs.repeats is 'How often the line came within one write: a storm is one row.';

create table unknown_faces (
  id uuid not null,
  organization_id uuid not null,
  model_id text not null,
  best_review_id uuid not null,
  sighting_count integer not null,
  first_seen_at timestamp with time zone not null,
  last_seen_at timestamp with time zone not null,
  created_at timestamp with time zone default now() not null,
  constraint unknown_faces_pkey PRIMARY KEY (id),
  constraint unknown_faces_organization_id_id_key UNIQUE (organization_id, id),
  constraint unknown_faces_model_id_fkey FOREIGN KEY (model_id) REFERENCES face_models(id) ON DELETE RESTRICT,
  constraint unknown_faces_organization_id_fkey FOREIGN KEY (organization_id) REFERENCES organizations(id) ON DELETE CASCADE
);
CREATE INDEX unknown_faces_seen_idx ON public.unknown_faces USING btree (organization_id, last_seen_at DESC, id DESC);
alter table unknown_faces enable row level security, force row level security;
create policy organization_scope on unknown_faces as permissive for all to rollcall_gateway using ((organization_id = current_organization_id())) with check ((organization_id = current_organization_id()));
create policy owner_scope on unknown_faces as permissive for all to rollcall_owner using (true) with check (true);
create policy system_scope on unknown_faces as permissive for all to rollcall_system using (true) with check (true);
grant select on table unknown_faces to rollcall_gateway;
grant select on table unknown_faces to rollcall_system;
comment on table unknown_faces is 'Open sightings that look like one person nobody knows. The row goes with its last open sighting.';
comment on column unknown_faces.best_review_id is 'The sighting that shows the face best; others are compared with its embedding.';

create table uploaded_images (
  id uuid not null,
  organization_id uuid not null,
  uploaded_by text not null,
  object_key text not null,
  sha256 bytea not null,
  content_type text not null,
  byte_size integer not null,
  width integer not null,
  height integer not null,
  status text default 'queued'::text not null,
  verdict jsonb,
  reason text,
  attempts smallint default 0 not null,
  claimed_by uuid,
  claimed_until timestamp with time zone,
  created_at timestamp with time zone default now() not null,
  completed_at timestamp with time zone,
  expires_at timestamp with time zone not null,
  constraint uploaded_images_pkey PRIMARY KEY (id),
  constraint uploaded_images_object_key_key UNIQUE (object_key),
  constraint uploaded_images_organization_id_fkey FOREIGN KEY (organization_id) REFERENCES organizations(id) ON DELETE CASCADE,
  constraint uploaded_images_status_check CHECK ((status = ANY (ARRAY['queued'::text, 'processing'::text, 'completed'::text, 'failed'::text])))
);
CREATE INDEX uploaded_images_created_idx ON public.uploaded_images USING btree (organization_id, created_at);
CREATE INDEX uploaded_images_expiry_idx ON public.uploaded_images USING btree (expires_at);
CREATE INDEX uploaded_images_queue_idx ON public.uploaded_images USING btree (created_at) WHERE (status = ANY (ARRAY['queued'::text, 'processing'::text]));
alter table uploaded_images enable row level security, force row level security;
create policy organization_scope on uploaded_images as permissive for all to rollcall_gateway using ((organization_id = current_organization_id())) with check ((organization_id = current_organization_id()));
create policy owner_scope on uploaded_images as permissive for all to rollcall_owner using (true) with check (true);
create policy system_scope on uploaded_images as permissive for all to rollcall_system using (true) with check (true);
grant delete, select on table uploaded_images to rollcall_system;
grant insert, select on table uploaded_images to rollcall_gateway;
comment on table uploaded_images is 'Uploaded images nobody has used yet. Who uses one takes its object over and deletes the row; else both go at expires_at.';
comment on column uploaded_images.verdict is 'ImageVerdict of packages/contracts: what the pipeline made of it.';

create table user_activity_changes (
  id bigint generated always as identity not null,
  organization_id uuid not null,
  user_id uuid not null,
  is_active boolean not null,
  since timestamp with time zone not null,
  known_epoch smallint,
  known_xid xid8,
  constraint user_activity_changes_pkey PRIMARY KEY (id),
  constraint user_activity_changes_organization_id_user_id_fkey FOREIGN KEY (organization_id, user_id) REFERENCES users(organization_id, id) ON DELETE CASCADE
);
CREATE INDEX user_activity_changes_user_idx ON public.user_activity_changes USING btree (organization_id, user_id, id);
alter table user_activity_changes enable row level security, force row level security;
create policy organization_scope on user_activity_changes as permissive for all to rollcall_gateway using ((organization_id = current_organization_id())) with check ((organization_id = current_organization_id()));
create policy owner_scope on user_activity_changes as permissive for all to rollcall_owner using (true) with check (true);
create policy system_scope on user_activity_changes as permissive for all to rollcall_system using (true) with check (true);
grant select on table user_activity_changes to rollcall_gateway;
grant select on table user_activity_changes to rollcall_system;
CREATE TRIGGER stamp_known BEFORE INSERT ON user_activity_changes FOR EACH ROW EXECUTE FUNCTION stamp_known();
comment on table user_activity_changes is 'When people became inactive, came back or left: before their first change they are active from users.created_at on.';

create table user_imports (
  id uuid not null,
  organization_id uuid not null,
  started_by text not null,
  result jsonb,
  attempt_id uuid not null,
  beat_at timestamp with time zone default clock_timestamp() not null,
  created_at timestamp with time zone default now() not null,
  finished_at timestamp with time zone,
  constraint user_imports_pkey PRIMARY KEY (id),
  constraint user_imports_organization_id_fkey FOREIGN KEY (organization_id) REFERENCES organizations(id) ON DELETE CASCADE
);
alter table user_imports enable row level security, force row level security;
create policy organization_scope on user_imports as permissive for all to rollcall_gateway using ((organization_id = current_organization_id())) with check ((organization_id = current_organization_id()));
create policy owner_scope on user_imports as permissive for all to rollcall_owner using (true) with check (true);
create policy system_scope on user_imports as permissive for all to rollcall_system using (true) with check (true);
grant delete, select on table user_imports to rollcall_system;
grant insert, select, update on table user_imports to rollcall_gateway;
comment on table user_imports is 'Files of people that were read in: lines, ids and codes, no names. An idempotency key finds its answer here.';
comment on column user_imports.beat_at is 'When lines were last written; silent for a minute without an end, another call may go on.';

create table user_pins (
  user_id uuid not null,
  organization_id uuid not null,
  pin_hash text not null,
  set_by uuid not null,
  set_at timestamp with time zone default now() not null,
  constraint user_pins_pkey PRIMARY KEY (user_id),
  constraint user_pins_organization_id_user_id_fkey FOREIGN KEY (organization_id, user_id) REFERENCES users(organization_id, id) ON DELETE CASCADE
);
alter table user_pins enable row level security, force row level security;
create policy organization_scope on user_pins as permissive for all to rollcall_gateway using ((organization_id = current_organization_id())) with check ((organization_id = current_organization_id()));
create policy owner_scope on user_pins as permissive for all to rollcall_owner using (true) with check (true);
create policy system_scope on user_pins as permissive for all to rollcall_system using (true) with check (true);
grant delete, insert, select, update on table user_pins to rollcall_gateway;
comment on column user_pins.pin_hash is 'bcrypt over a keyed digest: a copy of the database alone does not let anybody try PINs.';

create table user_profiles (
  user_id uuid not null,
  organization_id uuid not null,
  faiss_user_id bigint generated always as identity not null,
  employee_code text,
  department text,
  updated_at timestamp with time zone default now() not null,
  constraint user_profiles_pkey PRIMARY KEY (user_id),
  constraint user_profiles_faiss_user_id_key UNIQUE (faiss_user_id),
  constraint user_profiles_department_check CHECK (((length(department) >= 1) AND (length(department) <= 120))),
  constraint user_profiles_employee_code_check CHECK (((length(employee_code) >= 1) AND (length(employee_code) <= 64))),
  constraint user_profiles_organization_id_user_id_fkey FOREIGN KEY (organization_id, user_id) REFERENCES users(organization_id, id) ON DELETE CASCADE
);
CREATE UNIQUE INDEX user_profiles_employee_code_key ON public.user_profiles USING btree (organization_id, employee_code);
alter table user_profiles enable row level security, force row level security;
create policy organization_scope on user_profiles as permissive for all to rollcall_gateway using ((organization_id = current_organization_id())) with check ((organization_id = current_organization_id()));
create policy owner_scope on user_profiles as permissive for all to rollcall_owner using (true) with check (true);
create policy system_scope on user_profiles as permissive for all to rollcall_system using (true) with check (true);
grant insert, select, update on table user_profiles to rollcall_gateway;
grant select on table user_profiles to rollcall_system;

create table users (
  id uuid not null,
  organization_id uuid not null,
  role_id smallint not null,
  email text,
  password_hash text,
  full_name text not null,
  is_active boolean default true not null,
  is_deleted boolean default false not null,
  deleted_at timestamp with time zone,
  token_generation integer default 1 not null,
  password_changed_at timestamp with time zone,
  version integer default 1 not null,
  created_at timestamp with time zone default now() not null,
  updated_at timestamp with time zone default now() not null,
  constraint users_pkey PRIMARY KEY (id),
  constraint users_organization_id_id_key UNIQUE (organization_id, id),
  constraint users_email_check CHECK (((email = lower(email)) AND ((length(email) >= 3) AND (length(email) <= 254)))),
  constraint users_full_name_check CHECK (((length(full_name) >= 1) AND (length(full_name) <= 200))),
  constraint users_organization_id_fkey FOREIGN KEY (organization_id) REFERENCES organizations(id) ON DELETE RESTRICT,
  constraint users_role_id_fkey FOREIGN KEY (role_id) REFERENCES roles(id) ON DELETE RESTRICT
);
CREATE INDEX users_created_at_idx ON public.users USING btree (organization_id, created_at, id);
CREATE UNIQUE INDEX users_email_key ON public.users USING btree (organization_id, email) WHERE (NOT is_deleted);
alter table users enable row level security, force row level security;
create policy organization_scope on users as permissive for all to rollcall_gateway using ((organization_id = current_organization_id())) with check ((organization_id = current_organization_id()));
create policy owner_scope on users as permissive for all to rollcall_owner using (true) with check (true);
create policy system_scope on users as permissive for all to rollcall_system using (true) with check (true);
grant insert, select, update on table users to rollcall_gateway;
grant select on table users to rollcall_system;
CREATE TRIGGER note_activity AFTER INSERT OR UPDATE OF is_active, is_deleted ON users FOR EACH ROW EXECUTE FUNCTION note_activity();
comment on column users.token_generation is 'Raised by logout everywhere, password change and role change: access tokens of an older generation are refused.';

create table workday_closings (
  organization_id uuid not null,
  closed_until timestamp with time zone not null,
  constraint workday_closings_pkey PRIMARY KEY (organization_id),
  constraint workday_closings_organization_id_fkey FOREIGN KEY (organization_id) REFERENCES organizations(id) ON DELETE CASCADE
);
alter table workday_closings enable row level security, force row level security;
create policy organization_scope on workday_closings as permissive for all to rollcall_gateway using ((organization_id = current_organization_id())) with check ((organization_id = current_organization_id()));
create policy owner_scope on workday_closings as permissive for all to rollcall_owner using (true) with check (true);
create policy system_scope on workday_closings as permissive for all to rollcall_system using (true) with check (true);
grant insert, select, update on table workday_closings to rollcall_system;
comment on table workday_closings is 'Up to when the ends of work days were looked at: what ended since is closed next, however long nobody looked.';

create table worker_heartbeats (
  worker_id uuid not null,
  kind text not null,
  graphile_worker_id text,
  hostname text not null,
  pid integer not null,
  started_at timestamp with time zone default now() not null,
  beat_at timestamp with time zone default now() not null,
  figures jsonb default '{}'::jsonb not null,
  constraint worker_heartbeats_pkey PRIMARY KEY (worker_id),
  constraint worker_heartbeats_kind_check CHECK ((kind = ANY (ARRAY['gateway'::text, 'face-worker'::text, 'attendance-projector'::text])))
);
grant delete, insert, select, update on table worker_heartbeats to rollcall_gateway;
grant delete, insert, select, update on table worker_heartbeats to rollcall_system;
comment on table worker_heartbeats is 'Silent workers are found here: their graphile-worker jobs are freed and their row goes.';

CREATE OR REPLACE FUNCTION public.add_faces(p_organization uuid, p_user uuid, p_model text, p_faces jsonb)
 RETURNS bigint
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public', 'pg_temp'
AS $function$
declare
  new_version bigint;
begin
  insert into galleries (organization_id, model_id) values (p_organization, p_model) on conflict do nothing;
  update galleries set version = version + 1, face_count = face_count + jsonb_array_length(p_faces), updated_at = now()
  where organization_id = p_organization and model_id = p_model
  returning version into new_version;
  with face as (
    insert into face_embeddings (id, organization_id, user_id, model_id, face_image_id, embedding, quality)
    select f.face_id, p_organization, p_user, p_model, f.face_image_id, decode(f.embedding, 'base64'), f.quality
    from jsonb_to_recordset(p_faces) as f (face_id uuid, face_image_id uuid, embedding text, quality jsonb)
    returning faiss_id
  )
  insert into gallery_changes (organization_id, model_id, version, faiss_id, op)
  select p_organization, p_model, new_version, face.faiss_id, 'add' from face;
  perform pg_notify('rollcall_galleries', '');
  return new_version;
end
$function$
;
comment on function add_faces(uuid,uuid,text,jsonb) is 'Enrols embeddings of one person and raises the gallerys version.';

CREATE OR REPLACE FUNCTION public.append_derived_events(p_events jsonb)
 RETURNS TABLE(id uuid, epoch smallint, xid xid8, "position" bigint)
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public', 'pg_temp'
AS $function$
#variable_conflict use_column
declare
  fresh jsonb;
begin
  with given as (
    select event, place, (event ->> 'id')::uuid as id, (event ->> 'organization_id')::uuid as organization_id
    from jsonb_array_elements(p_events) with ordinality as given (event, place)
  ), inserted as (
    insert into derived_ids (id, organization_id)
    select distinct on (given.id) given.id, given.organization_id from given order by given.id
    on conflict do nothing
    returning derived_ids.id
  ), first_of_each as (
    select distinct on (given.id) given.event, given.place
    from given join inserted on inserted.id = given.id order by given.id, given.place
  )
  select jsonb_agg(event order by place) into fresh from first_of_each;
  if fresh is not null then
    return query select written.id, written.epoch, written.xid, written.position from insert_events(fresh) written;
  end if;
end
$function$
;
grant execute on function append_derived_events(jsonb) to rollcall_system;
comment on function append_derived_events(jsonb) is 'Like append_events, for events whose id follows from their source: those written before are left out, so that a replay writes none twice.';

CREATE OR REPLACE FUNCTION public.append_events(p_events jsonb)
 RETURNS TABLE(id uuid, epoch smallint, xid xid8, "position" bigint)
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public', 'pg_temp'
AS $function$
#variable_conflict use_column
declare
  scope constant uuid := current_organization_id();
begin
  -- session_user, because inside a definer function current_user is its owner. Who is not worker, projector or owner
  -- writes for the organization of the transaction, or a refused sign-in of nobody known, which is the installation's.
  if not (pg_has_role(session_user, 'rollcall_system', 'usage') or pg_has_role(session_user, 'rollcall_owner', 'usage')) then
    if exists (
      select from jsonb_to_recordset(p_events) as event (organization_id uuid, type text)
      where event.organization_id is distinct from scope
        and not (event.organization_id = '00000000-0000-0000-0000-000000000000' and event.type = 'session.refused')
    ) then
      raise exception 'an event of another organization than the transaction''s' using errcode = 'insufficient_privilege';
    end if;
  end if;
  return query select written.id, written.epoch, written.xid, written.position from insert_events(p_events) written;
end
$function$
;
grant execute on function append_events(jsonb) to rollcall_gateway;
grant execute on function append_events(jsonb) to rollcall_system;
comment on function append_events(jsonb) is 'Appends {id, organization_id, type, version, subject, actor, correlation_id, causation_id, payload, occurred_at}; returns their keys in order. Callers ring rollcall_events once a commit.';

CREATE OR REPLACE FUNCTION public.assign_sightings(p_reviews uuid[], p_user uuid, p_by uuid, p_enrol jsonb)
 RETURNS jsonb
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public', 'pg_temp'
AS $function$
declare
  organization constant uuid := current_organization_id();
  enrolled jsonb;
  model text;
  new_version bigint;
  told jsonb;
begin
  perform 1 from users as u where u.organization_id = organization and u.id = p_user and not u.is_deleted for share;
  if not found then
    return jsonb_build_object('status', 'user_gone');
  end if;
  perform from reviews as r where r.organization_id = organization and r.id = any (p_reviews) and r.status = 'open'
  order by r.id for no key update;

  select min(q.model_id), jsonb_agg(jsonb_build_object('review_id', r.id, 'recognized_face_id', f.id, 'face_id', e.face_id,
    'face_image_id', e.face_image_id, 'embedding', encode(f.embedding, 'base64'), 'quality', f.quality))
  into model, enrolled
  from jsonb_to_recordset(p_enrol) as e (review_id uuid, face_id uuid, face_image_id uuid)
  join reviews as r on r.id = e.review_id
  join recognized_faces as f on f.id = r.recognized_face_id
  join recognition_requests as q on q.id = f.recognition_id
  where r.organization_id = organization and r.id = any (p_reviews) and r.status = 'open' and f.embedding is not null and f.key_id is null
    and q.model_id = (
      select min(first.model_id) from recognition_requests as first join recognized_faces as g on g.recognition_id = first.id
        join reviews as h on h.recognized_face_id = g.id
      where h.id in (select (i.item ->> 'review_id')::uuid from jsonb_array_elements(p_enrol) as i (item)) and h.organization_id = organization);

  if enrolled is not null then
    insert into face_images (id, organization_id, user_id, registration_id, image_index, object_key, sha256, content_type, byte_size, width, height)
    select i.face_image_id, organization, p_user, i.review_id, i.place - 1, i.object_key, decode(i.sha256, 'hex'), i.content_type, i.byte_size,
      i.width, i.height
    from rows from (jsonb_to_recordset(p_enrol) as (
      review_id uuid, face_image_id uuid, object_key text, sha256 text, content_type text, byte_size integer, width integer, height integer
    )) with ordinality as i (review_id, face_image_id, object_key, sha256, content_type, byte_size, width, height, place)
    where i.review_id in (select (e.item ->> 'review_id')::uuid from jsonb_array_elements(enrolled) as e (item));
    new_version := add_faces(organization, p_user, model, enrolled);
    update face_embeddings as e set recognized_face_id = i.recognized_face_id
    from jsonb_to_recordset(enrolled) as i (face_id uuid, recognized_face_id uuid) where e.id = i.face_id;
  end if;

  told := end_reviews(organization, p_reviews, 'confirmed', p_user, p_by);
  if jsonb_array_length(told) = 0 then
    return jsonb_build_object('status', 'decided');
  end if;
  return jsonb_build_object('status', 'assigned', 'sightings', told, 'model_id', model, 'gallery_version', new_version, 'faces', (
    select coalesce(jsonb_agg(jsonb_build_object('face_id', e.item -> 'face_id', 'review_id', e.item -> 'review_id')), '[]')
    from jsonb_array_elements(enrolled) as e (item)));
end
$function$
;
grant execute on function assign_sightings(uuid[],uuid,uuid,jsonb) to rollcall_gateway;
comment on function assign_sightings(uuid[],uuid,uuid,jsonb) is '"This is X": open sightings become a person''s, some of them enrolled.';

CREATE OR REPLACE FUNCTION public.choose_event_span(p_events bigint)
 RETURNS bigint
 LANGUAGE sql
 STABLE
 SET search_path TO 'pg_catalog', 'public', 'pg_temp'
AS $function$
    with newest as (
      select epoch, xid::text::numeric as xid, position, recorded_at from events order by events.epoch desc, events.xid desc, events.position desc limit 1
    ), earlier as (
      select e.xid::text::numeric as xid, e.position, e.recorded_at from newest
      cross join lateral (
        select * from events e where e.epoch = newest.epoch and e.position <= newest.position - 100000
        order by e.epoch desc, e.xid desc, e.position desc limit 1
      ) e
    )
    select coalesce((
      select least(greatest(least(
        p_events * (newest.xid - earlier.xid) / greatest(newest.position - earlier.position, 1),
        30 * 86400 * (newest.xid - earlier.xid) / greatest(extract(epoch from newest.recorded_at - earlier.recorded_at), 1)
      ), 2000000), 1000000000)::bigint
      from newest, earlier
    ), 10000000)
  $function$
;
comment on function choose_event_span(bigint) is 'Transaction ids of a partition that takes about p_events events, and not much more than a month.';

CREATE OR REPLACE FUNCTION public.claim_recognitions(p_worker uuid, p_limit integer, p_lease interval)
 RETURNS TABLE(id uuid, organization_id uuid, source_id uuid, source_type text, external_id text, direction text, mode text, captured_at timestamp with time zone, received_at timestamp with time zone, late_arrival boolean, image_key text, image_content_type text, image_width integer, image_height integer, attempts smallint, correlation_id uuid, request_event_id uuid, system_config jsonb, gallery_versions jsonb)
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public', 'pg_temp'
 SET enable_seqscan TO 'off'
 SET enable_bitmapscan TO 'off'
 SET enable_hashjoin TO 'off'
 SET enable_mergejoin TO 'off'
 SET plan_cache_mode TO 'force_generic_plan'
AS $function$
#variable_conflict use_column
declare
  chosen uuid[];
  for_everybody boolean;
  organizations integer := 0;
begin
  if p_limit <= 0 then
    return;
  end if;
  -- Nobody needs to wait for the disk here: a claim lost in a crash is a request that is queued still. Not so what was
  -- written before in this transaction, as when registrations, claimed first, ended some with their events.
  if pg_current_xact_id_if_assigned() is null then
    perform set_config('synchronous_commit', 'off', true);
  end if;
  for_everybody := nextval('claim_counter') % 4 = 0;
  perform end_recognitions();
  select coalesce(array_agg(taken.id), '{}') into chosen from (
    select r.id from recognition_requests as r
    where r.status = 'processing' and r.claimed_until < now() and r.attempts < 3 and not for_everybody
      and (r.expires_at is null or r.expires_at >= now())
    order by r.claimed_until limit (p_limit + 1) / 2 for update skip locked
  ) as taken;

  if cardinality(chosen) < p_limit then
    with recursive head as (
      -- A walk over the sources that have queued frames, one look-up in the queue's index each, however long their queues
      -- are: the first entry of a source is its best frame.
      (select r.source_id, r.priority, r.received_at, r.expires_at from recognition_requests as r
       where r.status = 'queued' order by r.source_id, r.priority desc, r.received_at desc limit 1)
      union all
      select next.* from head cross join lateral (
        select r.source_id, r.priority, r.received_at, r.expires_at from recognition_requests as r
        where r.status = 'queued' and r.source_id > head.source_id
        order by r.source_id, r.priority desc, r.received_at desc limit 1
      ) as next
    ), waiting as materialized (
      select s.id, s.organization_id, s.last_claimed_at, head.received_at, coalesce(head.expires_at < now(), false) as late,
        case when for_everybody then 0 else head.priority end as priority
      from head join sources as s on s.id = head.source_id
    ), next_source as materialized (
      select w.id, w.organization_id, w.last_claimed_at, t.last_claimed_at as organization_claimed_at
      from waiting as w left join claim_turns as t on t.organization_id = w.organization_id
      -- More than can be needed: others may be taking the frames of the first ones at this moment.
      -- A source whose best frame is too late comes last: it may have others, but most of its kind have none.
      order by w.late, w.priority desc,
        row_number() over (partition by w.organization_id, w.late, w.priority order by w.last_claimed_at nulls first, w.received_at desc),
        t.last_claimed_at nulls first, w.received_at desc
      limit p_limit * 2 + 8
    ), candidate as materialized (
      select q.id, q.received_at, s.organization_claimed_at, s.last_claimed_at, s.organization_id, q.priority,
        row_number() over (partition by s.id order by q.place) as turn
      from next_source as s cross join lateral (
        select r.id, r.received_at, r.expires_at, case when for_everybody then 0 else r.priority end as priority,
          row_number() over (order by r.priority desc, r.received_at desc) as place
        from recognition_requests as r
        where r.status = 'queued' and r.source_id = s.id
        order by r.priority desc, r.received_at desc limit p_limit + 8
      ) as q
      -- Behind the limit: a queue of late frames is not read to its end for the first that is not.
      where q.expires_at is null or q.expires_at >= now()
    ), ranked as materialized (
      select c.*, row_number() over (
        partition by c.organization_id, c.priority order by c.turn, c.last_claimed_at nulls first, c.received_at desc) as organization_turn
      from candidate as c
    ), taken as (
      select r.id, c.priority, c.organization_turn, c.organization_claimed_at, c.received_at
      from ranked as c join recognition_requests as r on r.id = c.id
      -- Written so that no plan takes the whole queue's index for it.
      where r.status || '' = 'queued'
      order by c.priority desc, c.organization_turn, c.organization_claimed_at nulls first, c.received_at desc
      limit p_limit - cardinality(chosen) for update of r skip locked
    )
    select chosen || coalesce(array_agg(t.id order by t.priority desc, t.organization_turn, t.organization_claimed_at nulls first, t.received_at desc), '{}'),
      (select count(distinct w.organization_id) from waiting as w)
    into chosen, organizations from taken as t;
  end if;
  if cardinality(chosen) < p_limit then
    -- Nobody else waits for the room that is left.
    select chosen || coalesce(array_agg(taken.id), '{}') into chosen from (
      select r.id from recognition_requests as r
      where r.status = 'processing' and r.claimed_until < now() and r.attempts < 3 and r.id <> all (chosen)
        and (r.expires_at is null or r.expires_at >= now())
      order by r.claimed_until limit p_limit - cardinality(chosen) for update skip locked
    ) as taken;
  end if;
  if cardinality(chosen) = 0 then
    return;
  end if;

  -- Who comes first among the others is a matter of fairness, not of correctness: nobody waits for a row here.
  update sources as s set last_claimed_at = clock_timestamp()
  where s.id in (
    select o.id from sources as o
    where o.id in (select r.source_id from recognition_requests as r where r.id = any (chosen))
    order by o.id for no key update skip locked
  );
  if organizations > 1 then
    insert into claim_turns (organization_id, last_claimed_at)
    -- Sorted: two workers that serve the same new organizations wait for each other instead of locking each other out.
    select fresh.organization_id, clock_timestamp()
    from (
      select distinct r.organization_id from recognition_requests as r
      where r.id = any (chosen) and not exists (select from claim_turns as t where t.organization_id = r.organization_id)
    ) as fresh
    order by fresh.organization_id
    on conflict do nothing;
    update claim_turns as t set last_claimed_at = clock_timestamp()
    where t.organization_id in (
      select o.organization_id from claim_turns as o
      where o.organization_id in (select r.organization_id from recognition_requests as r where r.id = any (chosen))
      order by o.organization_id for no key update skip locked
    );
  end if;
  return query
    with claimed as (
      update recognition_requests as r
      set status = 'processing', claimed_by = p_worker, claimed_until = clock_timestamp() + p_lease, attempts = r.attempts + 1
      where r.id = any (chosen)
      returning r.*
    )
    select c.id, c.organization_id, c.source_id, s.source_type, s.external_id, s.direction, c.mode, c.captured_at, c.received_at, c.late_arrival,
      c.image_key, c.image_content_type, c.image_width, c.image_height, c.attempts, c.correlation_id, c.request_event_id, coalesce(f.body, '{}'),
      (select coalesce(jsonb_object_agg(g.model_id, g.version), '{}') from galleries as g where g.organization_id = c.organization_id)
    from claimed as c
    join sources as s on s.id = c.source_id
    left join system_configs as f on f.organization_id = c.organization_id
    order by array_position(chosen, c.id);
end
$function$
;
grant execute on function claim_recognitions(uuid,integer,interval) to rollcall_system;
comment on function claim_recognitions(uuid,integer,interval) is 'Claims frames for p_lease: no other worker gets them meanwhile. gallery_versions: {model_id: version} now, so never older than when the frame was submitted.';

CREATE OR REPLACE FUNCTION public.claim_registrations(p_worker uuid, p_limit integer, p_lease interval)
 RETURNS TABLE(id uuid, organization_id uuid, user_id uuid, images jsonb, attempts smallint, correlation_id uuid, request_event_id uuid, system_config jsonb)
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public', 'pg_temp'
 SET enable_seqscan TO 'off'
 SET enable_bitmapscan TO 'off'
 SET enable_hashjoin TO 'off'
 SET enable_mergejoin TO 'off'
 SET plan_cache_mode TO 'force_generic_plan'
AS $function$
#variable_conflict use_column
declare
  chosen uuid[];
begin
  if p_limit <= 0 then
    return;
  end if;
  -- Nobody needs to wait for the disk here: a claim lost in a crash is a request that is queued still. Not so what was
  -- written before in this transaction.
  if pg_current_xact_id_if_assigned() is null then
    perform set_config('synchronous_commit', 'off', true);
  end if;
  perform end_registrations();
  select coalesce(array_agg(taken.id), '{}') into chosen from (
    select r.id from registration_requests as r
    where r.status = 'processing' and r.claimed_until < now() and r.attempts < 3
    order by r.claimed_until limit p_limit for update skip locked
  ) as taken;
  if cardinality(chosen) < p_limit then
    select chosen || coalesce(array_agg(taken.id), '{}') into chosen from (
      select r.id from registration_requests as r
      where r.status = 'queued'
      order by r.created_at limit p_limit - cardinality(chosen) for update skip locked
    ) as taken;
  end if;
  if cardinality(chosen) = 0 then
    return;
  end if;
  return query
    with claimed as (
      update registration_requests as r
      set status = 'processing', claimed_by = p_worker, claimed_until = clock_timestamp() + p_lease, attempts = r.attempts + 1
      where r.id = any (chosen)
      returning r.*
    )
    select c.id, c.organization_id, c.user_id, c.images, c.attempts, c.correlation_id, c.request_event_id, coalesce(f.body, '{}')
    from claimed as c left join system_configs as f on f.organization_id = c.organization_id
    order by array_position(chosen, c.id);
end
$function$
;
grant execute on function claim_registrations(uuid,integer,interval) to rollcall_system;
comment on function claim_registrations(uuid,integer,interval) is 'Claims registrations for p_lease: no other worker gets them meanwhile.';

CREATE OR REPLACE FUNCTION public.claim_uploaded_images(p_worker uuid, p_limit integer, p_lease interval)
 RETURNS TABLE(id uuid, organization_id uuid, object_key text, attempts smallint, system_config jsonb)
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public', 'pg_temp'
AS $function$
#variable_conflict use_column
begin
  update uploaded_images as u
  set status = 'failed', reason = 'WORKER_LOST', completed_at = clock_timestamp(), claimed_by = null, claimed_until = null
  where u.id in (
    select o.id from uploaded_images as o
    where o.status = 'processing' and o.claimed_until < clock_timestamp() and o.attempts >= 3 for update skip locked);
  return query
    with chosen as (
      select o.id from uploaded_images as o
      where o.status = 'queued' or (o.status = 'processing' and o.claimed_until < clock_timestamp() and o.attempts < 3)
      order by o.created_at limit p_limit for update skip locked
    ), claimed as (
      update uploaded_images as u
      set status = 'processing', claimed_by = p_worker, claimed_until = clock_timestamp() + p_lease, attempts = u.attempts + 1
      from chosen where u.id = chosen.id
      returning u.*
    )
    select c.id, c.organization_id, c.object_key, c.attempts, coalesce(f.body, '{}')
    from claimed as c left join system_configs as f on f.organization_id = c.organization_id
    order by c.created_at;
end
$function$
;
grant execute on function claim_uploaded_images(uuid,integer,interval) to rollcall_system;
comment on function claim_uploaded_images(uuid,integer,interval) is 'Claims uploaded images for p_lease: no other worker gets them meanwhile.';

CREATE OR REPLACE FUNCTION public.complete_recognitions(p_worker uuid, p_results jsonb)
 RETURNS jsonb
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public', 'pg_temp'
 SET plan_cache_mode TO 'force_generic_plan'
AS $function$
declare
  present_epoch constant smallint := hold_epoch();
  held uuid[];
  stale jsonb;
  writable uuid[];
  told jsonb;
begin
  -- In one order: another connection of the worker renews the leases of some of them at this moment.
  select coalesce(array_agg(locked.id), '{}') into held from (
    select r.id from recognition_requests as r
    where r.id in (select (e.result ->> 'recognition_id')::uuid from jsonb_array_elements(p_results) as e (result))
      and r.status = 'processing' and r.claimed_by = p_worker
    order by r.id for no key update
  ) as locked;
  perform from galleries as g
  where (g.organization_id, g.model_id) in (
    select q.organization_id, r.model_id
    from jsonb_to_recordset(p_results) as r (recognition_id uuid, model_id text)
    join recognition_requests as q on q.id = r.recognition_id
    where q.id = any (held))
  order by g.organization_id, g.model_id for share;

  -- A statement of its own, after the lock: what was erased before it is seen.
  select jsonb_object_agg(gone.recognition_id, gone.faces) into stale from (
    select r.recognition_id, jsonb_agg(f.index) as faces
    from jsonb_to_recordset(p_results) as r (recognition_id uuid, faces jsonb)
    join recognition_requests as q on q.id = r.recognition_id
    cross join lateral jsonb_to_recordset(r.faces) as f (index smallint, user_id uuid, face_id uuid)
    where q.id = any (held) and f.face_id is not null and not exists (
      select 1 from face_embeddings as e join users as u on u.id = e.user_id
      where e.id = f.face_id and e.organization_id = q.organization_id and e.user_id = f.user_id and not u.is_deleted)
    group by r.recognition_id
  ) as gone;
  select coalesce(array_agg(h.id), '{}') into writable from unnest(held) as h (id) where stale is null or not stale ? h.id::text;

  with result as materialized (
    -- A frame that is named twice is ended by its first result.
    select distinct on (r.recognition_id) r.recognition_id, r.event_id, r.actor, coalesce(r.completed_at, clock_timestamp()) as completed_at, r.model_id, r.gallery_version,
      r.synthetic, r.faces, r.ordinality, q.organization_id, q.source_id, q.captured_at, q.received_at, q.late_arrival, q.correlation_id,
      q.request_event_id
    from rows from (jsonb_to_recordset(p_results) as (
        recognition_id uuid, event_id uuid, actor text, completed_at timestamptz, model_id text, gallery_version bigint, synthetic boolean, faces jsonb
      )) with ordinality as r
    join recognition_requests as q on q.id = r.recognition_id
    where q.id = any (writable)
    order by r.recognition_id, r.ordinality
  ), face as materialized (
    select result.recognition_id, result.organization_id, result.completed_at, f.*
    from result cross join lateral jsonb_to_recordset(result.faces) as f (
      id uuid, index smallint, box jsonb, detection_score real, quality jsonb, liveness jsonb, decision text, reason text, user_id uuid,
      face_id uuid, similarity numeric, margin numeric, runner_up_user_id uuid, runner_up_similarity real, match_threshold real, crop_key text,
      crop_sha256 text, embedding text, review_id uuid, review_kind text)
  ), stored as (
    insert into recognized_faces (
      id, organization_id, recognition_id, face_index, box_x, box_y, box_width, box_height, detection_score, quality, liveness_score,
      liveness_verdict, decision, reason, user_id, face_id, similarity, margin, runner_up_user_id, runner_up_similarity, match_threshold,
      crop_key, crop_sha256, embedding)
    select f.id, f.organization_id, f.recognition_id, f.index, (f.box ->> 'x')::real, (f.box ->> 'y')::real, (f.box ->> 'width')::real,
      (f.box ->> 'height')::real, f.detection_score, f.quality, (f.liveness ->> 'score')::real, f.liveness ->> 'verdict', f.decision, f.reason,
      f.user_id, f.face_id, f.similarity::real, f.margin::real, f.runner_up_user_id, f.runner_up_similarity, f.match_threshold,
      f.crop_key, decode(f.crop_sha256, 'hex'), decode(f.embedding, 'base64')
    from face as f
  ), opened as (
    insert into reviews (id, organization_id, recognized_face_id, kind, user_id, created_at)
    select f.review_id, f.organization_id, f.id, f.review_kind, f.user_id, f.completed_at from face as f where f.review_id is not null
  ), ended as (
    update recognition_requests as r
    set status = 'completed', reason = null, decided_epoch = present_epoch, decided_xid = pg_current_xact_id(),
        outcome = case when result.faces @> '[{"decision": "match"}]' then 'matched' when result.faces @> '[{"decision": "review"}]' then 'review'
          when result.faces @> '[{"decision": "unknown"}]' then 'unknown' when result.faces @> '[{"decision": "rejected"}]' then 'rejected' else 'no_face' end,
        completed_at = result.completed_at, model_id = result.model_id, gallery_version = result.gallery_version,
        synthetic = result.synthetic, claimed_by = null, claimed_until = null
    from result where r.id = result.recognition_id
  )
  select jsonb_agg(jsonb_build_object(
      'organization_id', r.organization_id, 'id', r.event_id, 'type', 'recognition.completed', 'subject', 'recognitions/' || r.recognition_id,
      'actor', r.actor, 'correlation_id', r.correlation_id, 'causation_id', r.request_event_id, 'occurred_at', r.completed_at,
      'payload', jsonb_build_object(
        'recognition_id', r.recognition_id, 'source_id', s.id, 'source_type', s.source_type, 'direction', s.direction,
        'captured_at', r.captured_at, 'received_at', r.received_at, 'late_arrival', r.late_arrival,
        'model_id', r.model_id, 'gallery_version', r.gallery_version, 'synthetic', r.synthetic,
        'faces', (
          select coalesce(jsonb_agg(jsonb_build_object('recognized_face_id', f.id, 'index', f.index, 'decision', f.decision, 'user_id', f.user_id,
            'face_id', f.face_id, 'similarity', f.similarity, 'margin', f.margin, 'liveness_verdict', f.liveness ->> 'verdict',
            'liveness_score', f.liveness -> 'score', 'box', f.box, 'reason', f.reason, 'review_id', f.review_id) order by f.index), '[]')
          from face as f where f.recognition_id = r.recognition_id))) order by r.ordinality)
  into told
  from result as r join sources as s on s.id = r.source_id;
  if told is not null then
    perform insert_events(told);
    perform pg_notify('rollcall_events', '');
  end if;

  return (
    select coalesce(jsonb_agg(jsonb_build_object(
      'status', case when r.id = any (writable) and r.turn = 1 then 'completed' when stale ? r.id::text then 'stale' else 'lost' end,
      'stale_faces', coalesce(stale -> r.id::text, '[]')) order by r.place), '[]')
    from (
      select (e.result ->> 'recognition_id')::uuid as id, e.place,
        row_number() over (partition by (e.result ->> 'recognition_id')::uuid order by e.place) as turn
      from jsonb_array_elements(p_results) with ordinality as e (result, place)
    ) as r
  );
end
$function$
;
grant execute on function complete_recognitions(uuid,jsonb) to rollcall_system;
comment on function complete_recognitions(uuid,jsonb) is 'Ends frames with their faces, each once, with one ring.';

CREATE OR REPLACE FUNCTION public.complete_registration(p_worker uuid, p_result jsonb)
 RETURNS jsonb
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public', 'pg_temp'
AS $function$
declare
  present_epoch constant smallint := hold_epoch();
  result record;
  request registration_requests;
  person_there boolean;
  enrolled boolean;
  new_version bigint;
begin
  select r.* into result from jsonb_to_record(p_result) as r (
    registration_id uuid, event_id uuid, actor text, completed_at timestamptz, model_id text, model_dimension integer, synthetic boolean,
    min_good integer, accepted jsonb, rejected jsonb);
  result.completed_at := coalesce(result.completed_at, clock_timestamp());
  select * into request from registration_requests where id = result.registration_id and status = 'processing' and claimed_by = p_worker for no key update;
  if not found then
    return jsonb_build_object('status', 'lost');
  end if;
  -- FOR SHARE waits for a deletion that has begun and keeps one from beginning: a deleted person has no faces.
  perform 1 from users where organization_id = request.organization_id and id = request.user_id and not is_deleted for share;
  person_there := found;
  enrolled := person_there and jsonb_array_length(result.accepted) >= result.min_good;

  if enrolled then
    insert into face_models (id, dimension, is_synthetic) values (result.model_id, result.model_dimension, result.synthetic) on conflict do nothing;
    insert into face_images (id, organization_id, user_id, registration_id, image_index, object_key, sha256, content_type, byte_size, width, height)
    select f.face_image_id, request.organization_id, request.user_id, request.id, f.image_index, i.object_key, decode(i.sha256, 'hex'),
      i.content_type, i.byte_size, i.width, i.height
    from jsonb_to_recordset(result.accepted) as f (face_image_id uuid, image_index smallint)
    join jsonb_to_recordset(request.images) as i (index smallint, object_key text, sha256 text, content_type text, byte_size integer, width integer, height integer)
      on i.index = f.image_index;
    new_version := add_faces(request.organization_id, request.user_id, result.model_id, result.accepted);
  end if;

  insert into object_deletions (object_key, organization_id)
  select i.image ->> 'object_key', request.organization_id from jsonb_array_elements(request.images) as i (image)
  where not enrolled or not exists (
    select 1 from jsonb_to_recordset(result.accepted) as f (image_index smallint) where f.image_index = (i.image ->> 'index')::smallint)
  on conflict do nothing;

  update registration_requests
  set status = case when enrolled then 'completed' else 'rejected' end, rejected = result.rejected,
      reason = case when not person_there then 'USER_NOT_FOUND' when not enrolled then 'TOO_FEW_GOOD_IMAGES' end,
      images = '[]', decided_epoch = present_epoch, decided_xid = pg_current_xact_id(), completed_at = result.completed_at, claimed_by = null, claimed_until = null
  where id = request.id;

  perform insert_events(jsonb_build_array(jsonb_build_object(
    'organization_id', request.organization_id, 'id', result.event_id,
    'type', case when enrolled then 'face.registered' else 'registration.rejected' end,
    'subject', case when enrolled then 'users/' || request.user_id else 'registrations/' || request.id end,
    'actor', result.actor, 'correlation_id', request.correlation_id, 'causation_id', request.request_event_id, 'occurred_at', result.completed_at,
    'payload', jsonb_build_object('registration_id', request.id, 'user_id', request.user_id) || case when enrolled
      then jsonb_build_object('face_ids', (select jsonb_agg(f.face -> 'face_id') from jsonb_array_elements(result.accepted) as f (face)),
        'model_id', result.model_id, 'gallery_version', new_version)
      else jsonb_build_object('reasons', (select coalesce(jsonb_agg(distinct f.face ->> 'code'), '[]') from jsonb_array_elements(result.rejected) as f (face))) end)));
  perform pg_notify('rollcall_events', '');
  return jsonb_build_object('status', case when enrolled then 'completed' when person_there then 'rejected' else 'user_gone' end);
end
$function$
;
grant execute on function complete_registration(uuid,jsonb) to rollcall_system;
comment on function complete_registration(uuid,jsonb) is 'Ends a registration, once: enrols its faces or rejects it.';

CREATE OR REPLACE FUNCTION public.complete_uploaded_image(p_worker uuid, p_id uuid, p_verdict jsonb, p_reason text, p_retry boolean, p_spare boolean)
 RETURNS text
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public', 'pg_temp'
AS $function$
declare
  image uploaded_images;
  spared boolean;
begin
  select * into image from uploaded_images as u where u.id = p_id and u.status = 'processing' and u.claimed_by = p_worker for no key update;
  if not found then
    return 'lost';
  end if;
  spared := p_spare and clock_timestamp() - image.created_at < interval '1 hour';
  if p_verdict is null and p_retry and (spared or image.attempts < 3) then
    update uploaded_images as u set reason = p_reason, claimed_by = null, claimed_until = clock_timestamp() + u.attempts * interval '2 seconds',
      attempts = u.attempts - case when spared then 1 else 0 end
    where u.id = p_id;
    return 'retried';
  end if;
  update uploaded_images as u
  set status = case when p_verdict is null then 'failed' else 'completed' end, verdict = p_verdict,
      reason = case when p_verdict is null then p_reason end, completed_at = clock_timestamp(), claimed_by = null, claimed_until = null
  where u.id = p_id;
  -- No event: nobody but the caller who waits for the verdict has to know.
  perform pg_notify('rollcall_events', '');
  return case when p_verdict is null then 'failed' else 'completed' end;
end
$function$
;
grant execute on function complete_uploaded_image(uuid,uuid,jsonb,text,boolean,boolean) to rollcall_system;
comment on function complete_uploaded_image(uuid,uuid,jsonb,text,boolean,boolean) is 'Writes the verdict on an uploaded image, or has it tried again, or ends it as failed.';

CREATE OR REPLACE FUNCTION public.confirm_review(p_review uuid, p_user uuid, p_by uuid)
 RETURNS jsonb
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public', 'pg_temp'
AS $function$
declare
  organization constant uuid := current_organization_id();
  review reviews;
  person uuid;
  told jsonb;
begin
  select * into review from reviews as r where r.organization_id = organization and r.id = p_review;
  if not found then
    return null;
  end if;
  if review.status <> 'open' then
    return jsonb_build_object('status', 'decided');
  end if;
  person := coalesce(p_user, review.user_id);
  if person is null then
    return jsonb_build_object('status', 'user_required');
  end if;
  -- FOR SHARE waits for a deletion that has begun and keeps one from beginning.
  perform 1 from users as u where u.organization_id = organization and u.id = person and not u.is_deleted for share;
  if not found then
    return jsonb_build_object('status', 'user_gone');
  end if;
  told := end_reviews(organization, array[p_review], 'confirmed', person, p_by) -> 0;
  if told is null then
    return jsonb_build_object('status', 'decided');
  end if;
  return jsonb_build_object('status', 'confirmed', 'sighting', told || jsonb_build_object('user_id', person));
end
$function$
;
grant execute on function confirm_review(uuid,uuid,uuid) to rollcall_gateway;
comment on function confirm_review(uuid,uuid,uuid) is 'Ends an open review as one person''s sighting.';

CREATE OR REPLACE FUNCTION public.count_sign_in(p_keys bytea[], p_now timestamp with time zone, p_window interval)
 RETURNS TABLE(key bytea, attempts integer, ends_at timestamp with time zone)
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public', 'pg_temp'
AS $function$
#variable_conflict use_column
begin
  return query
  insert into sign_in_attempts as a (key, attempts, ends_at)
  select k, 1, p_now + p_window from unnest(p_keys) as k order by k
  on conflict (key) do update set
    attempts = case when a.ends_at <= p_now then 1 else a.attempts + 1 end,
    ends_at = case when a.ends_at <= p_now then excluded.ends_at else a.ends_at end
  returning a.key, a.attempts, a.ends_at;
  -- Last: whoever has taken rows away must not wait for others, who may be waiting for one of those.
  delete from sign_in_attempts where key in (
    select a.key from sign_in_attempts as a where a.ends_at <= p_now and a.key <> all (p_keys) order by a.ends_at limit 20 for update skip locked);
end
$function$
;
grant execute on function count_sign_in(bytea[],timestamp with time zone,interval) to rollcall_gateway;
comment on function count_sign_in(bytea[],timestamp with time zone,interval) is 'Counts an attempt to sign in under each key.';

CREATE OR REPLACE FUNCTION public.current_epoch()
 RETURNS smallint
 LANGUAGE sql
 STABLE
 SET search_path TO 'pg_catalog', 'public', 'pg_temp'
AS $function$ select epoch from log_identity order by epoch desc limit 1 $function$
;
grant execute on function current_epoch() to rollcall_gateway;
grant execute on function current_epoch() to rollcall_system;
comment on function current_epoch() is 'The epoch new events belong to.';

CREATE OR REPLACE FUNCTION public.current_organization_id()
 RETURNS uuid
 LANGUAGE sql
 STABLE PARALLEL SAFE
 SET search_path TO 'pg_catalog'
AS $function$ select nullif(current_setting('app.organization_id', true), '')::uuid $function$
;
grant execute on function current_organization_id() to public;
comment on function current_organization_id() is 'The organization of this transaction, or null. A pooled connection keeps an empty setting afterwards: that is null too.';

CREATE OR REPLACE FUNCTION public.delete_face(p_face_id uuid, p_event_id uuid, p_actor text, p_correlation uuid)
 RETURNS jsonb
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public', 'pg_temp'
AS $function$
declare
  organization constant uuid := current_organization_id();
  removed jsonb;
begin
  removed := remove_faces(organization, array[p_face_id]) -> 0;
  if removed is null then
    return null;
  end if;
  perform insert_events(jsonb_build_array(jsonb_build_object(
    'organization_id', organization, 'id', p_event_id, 'type', 'face.deleted', 'subject', 'faces/' || p_face_id, 'actor', p_actor,
    'correlation_id', p_correlation, 'occurred_at', clock_timestamp(), 'payload', removed)));
  perform pg_notify('rollcall_events', '');
  return removed;
end
$function$
;
grant execute on function delete_face(uuid,uuid,text,uuid) to rollcall_gateway;
comment on function delete_face(uuid,uuid,text,uuid) is 'Erases one enrolled face: embedding and image rows; the image object is put down for deletion.';

CREATE OR REPLACE FUNCTION public.delete_user(p_user_id uuid, p_event_id uuid, p_actor text, p_correlation uuid)
 RETURNS jsonb
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public', 'pg_temp'
AS $function$
declare
  organization constant uuid := current_organization_id();
  faces uuid[];
  removed jsonb;
  told jsonb;
begin
  update users set is_deleted = true, is_active = false, deleted_at = now(), updated_at = now(), password_hash = null,
    token_generation = token_generation + 1, version = version + 1
  where organization_id = organization and id = p_user_id and not is_deleted;
  if not found then
    return null;
  end if;
  update user_profiles set employee_code = null, updated_at = now() where organization_id = organization and user_id = p_user_id;
  delete from user_pins where organization_id = organization and user_id = p_user_id;
  -- After the update: a registration that held the user's row has committed its faces by now.
  select coalesce(array_agg(e.id), '{}') into faces from face_embeddings as e where e.organization_id = organization and e.user_id = p_user_id;
  -- All sightings at once and in their order, between the galleries and the rest of what goes: remove_faces() erases some of them.
  perform lock_galleries(organization, faces);
  perform erase_embeddings(array(
    select f.id from recognized_faces as f where f.organization_id = organization and f.user_id = p_user_id and f.embedding is not null));
  removed := remove_faces(organization, faces);
  told := jsonb_build_object('user_id', p_user_id, 'face_ids', (
    select coalesce(jsonb_agg(r.face -> 'face_id'), '[]') from jsonb_array_elements(removed) as r (face)));
  perform insert_events(jsonb_build_array(jsonb_build_object(
    'organization_id', organization, 'id', p_event_id, 'type', 'user.deleted', 'subject', 'users/' || p_user_id, 'actor', p_actor,
    'correlation_id', p_correlation, 'occurred_at', clock_timestamp(), 'payload', told)));
  perform pg_notify('rollcall_events', '');
  return told;
end
$function$
;
grant execute on function delete_user(uuid,uuid,text,uuid) to rollcall_gateway;
comment on function delete_user(uuid,uuid,text,uuid) is 'Soft-deletes a person and erases all of their faces.';

CREATE OR REPLACE FUNCTION public.discard_request(p_id uuid, p_actor text)
 RETURNS jsonb
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public', 'pg_temp'
AS $function$
declare
  organization constant uuid := current_organization_id();
  request record;
begin
  select 'recognition' as kind, r.status, r.reason, r.discarded_at into request
  from recognition_requests as r where r.id = p_id and r.organization_id = organization for no key update;
  if not found then
    select 'registration' as kind, r.status, r.reason, r.discarded_at into request
    from registration_requests as r where r.id = p_id and r.organization_id = organization for no key update;
    if not found then
      return jsonb_build_object('status', 'not_found');
    end if;
  end if;
  if request.status not in ('failed', 'expired') then
    return jsonb_build_object('status', 'not_failed');
  elsif request.discarded_at is not null then
    return jsonb_build_object('status', 'unchanged');
  end if;
  update recognition_requests as r set discarded_at = clock_timestamp(), discarded_by = p_actor where r.id = p_id and request.kind = 'recognition';
  update registration_requests as r set discarded_at = clock_timestamp(), discarded_by = p_actor where r.id = p_id and request.kind = 'registration';
  return jsonb_build_object('status', 'discarded', 'kind', request.kind, 'ended_as', request.status, 'reason', request.reason);
end
$function$
;
grant execute on function discard_request(uuid,text) to rollcall_gateway;
comment on function discard_request(uuid,text) is 'Notes that a failed request of the transaction''s organization shall not be tried again.';

CREATE OR REPLACE FUNCTION public.discover_sources(p_items jsonb)
 RETURNS void
 LANGUAGE plpgsql
 SET search_path TO 'pg_catalog', 'public', 'pg_temp'
AS $function$
declare
  discovered jsonb;
begin
  with item as (
    select i.* from jsonb_to_recordset(p_items) as i (
      organization_id uuid, source_type text, source_id text, source_uuid uuid, requested_by text, correlation_id uuid, received_at timestamptz)
  ), new_source as (
    insert into sources (id, organization_id, source_type, external_id)
    select distinct on (i.organization_id, i.source_type, i.source_id) i.source_uuid, i.organization_id, i.source_type, i.source_id
    from item as i
    order by i.organization_id, i.source_type, i.source_id
    on conflict (organization_id, source_type, external_id) do nothing
    returning id
  )
  select jsonb_agg(jsonb_build_object(
      'organization_id', i.organization_id, 'id', gen_random_uuid(), 'type', 'source.discovered', 'subject', 'sources/' || d.id,
      'actor', i.requested_by, 'correlation_id', i.correlation_id, 'occurred_at', i.received_at,
      'payload', jsonb_build_object('source_id', d.id, 'source_type', i.source_type)))
  into discovered
  from new_source as d join item as i on i.source_uuid = d.id;
  perform insert_events(coalesce(discovered, '[]'));
end
$function$
;
comment on function discover_sources(jsonb) is 'Adds the sources that items name, unless they are there, and says so in the log.';

CREATE OR REPLACE FUNCTION public.dismiss_unknown_face(p_unknown_face uuid, p_by uuid, p_limit integer)
 RETURNS uuid[]
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public', 'pg_temp'
AS $function$
declare
  organization constant uuid := current_organization_id();
  told jsonb;
begin
  told := end_reviews(organization, array(
    select r.id from reviews as r
    where r.organization_id = organization and r.unknown_face_id = p_unknown_face and r.status = 'open' order by r.id limit p_limit),
    'rejected', null, p_by);
  return array(select (t.item ->> 'review_id')::uuid from jsonb_array_elements(told) as t (item));
end
$function$
;
grant execute on function dismiss_unknown_face(uuid,uuid,integer) to rollcall_gateway;
comment on function dismiss_unknown_face(uuid,uuid,integer) is 'Rejects open sightings of a group of look-alikes.';

CREATE OR REPLACE FUNCTION public.drop_event_partition(p_name text, p_types text[], p_projections text[])
 RETURNS text
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public', 'pg_temp'
 SET lock_timeout TO '200ms'
AS $function$
declare
  part event_partitions;
  ends jsonb;
begin
  perform pg_advisory_xact_lock(hashtext('rollcall drop_event_partition'));
  select * into part from event_partitions p where p.name = p_name;
  if part.dropped_at is not null then
    return 'dropped';
  end if;
  if part.archived_at is null then
    return 'not_archived';
  end if;
  if exists (
    select from event_partitions p where p.dropped_at is null and (p.from_epoch, p.from_xid) < (part.from_epoch, part.from_xid)
  ) then
    return 'not_oldest';
  end if;
  if (part.to_epoch, part.to_xid) > (current_epoch(), pg_snapshot_xmin(pg_current_snapshot())) then
    return 'open';
  end if;
  -- From here to the end nobody changes a row of it: what is counted is what is dropped. Its readers go on.
  execute format('lock table event_log.%I in share mode', p_name);
  -- Through the partition itself: its name is a row of ours.
  execute format(
    'select coalesce(jsonb_agg(e), ''[]'') from (
       select distinct on (organization_id) organization_id, epoch, xid::text, position::text, count(*) over (partition by organization_id) as event_count
       from event_log.%I order by organization_id, epoch desc, xid desc, position desc
     ) e', p_name) into ends;
  if (select coalesce(sum((e ->> 'event_count')::bigint), 0) from jsonb_array_elements(ends) e) <> part.event_count then
    return 'changed';
  end if;
  if has_unread_events(p_name, p_types, p_projections) then
    return 'unread';
  end if;

  -- First, as make_event_partition does: to wait for it with the log in hand would let nobody read or write meanwhile, and
  -- the other could be waiting for the log.
  lock table event_partitions in row exclusive mode;
  execute format('alter table events detach partition event_log.%I', p_name);
  execute format('drop table event_log.%I', p_name);
  insert into event_archive_ends as held (organization_id, epoch, xid, position, event_count)
  select organization_id, epoch, xid, position, event_count
  from jsonb_to_recordset(ends) as e (organization_id uuid, epoch smallint, xid xid8, position bigint, event_count bigint)
  on conflict (organization_id) do update
    set epoch = excluded.epoch, xid = excluded.xid, position = excluded.position,
      event_count = held.event_count + excluded.event_count, updated_at = now();
  update event_partitions set dropped_at = now() where name = p_name;
  return 'dropped';
end
$function$
;
grant execute on function drop_event_partition(text,text[],text[]) to rollcall_system;
comment on function drop_event_partition(text,text[],text[]) is 'Drops an archived partition of events: dropped, not_archived, not_oldest, open, changed (not what was archived), unread.';

CREATE OR REPLACE FUNCTION public.end_recognitions()
 RETURNS void
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public', 'pg_temp'
AS $function$
declare
  endings jsonb;
begin
  with late as (
    select q.id from recognition_requests as q
    where q.status = 'queued' and q.expires_at < now() order by q.expires_at limit 100 for update skip locked
  ), put_off as (
    -- Held by nobody any more, since fail_request or since its worker was lost, and its time is over.
    select q.id from recognition_requests as q
    where q.status = 'processing' and q.claimed_until < now() and q.expires_at < now() and q.attempts < 3
    order by q.claimed_until limit 100 for update skip locked
  ), lost as (
    select q.id from recognition_requests as q
    where q.status = 'processing' and q.claimed_until < now() and q.attempts >= 3 order by q.claimed_until limit 100 for update skip locked
  ), ended as (
    update recognition_requests as r
    set status = case when o.late then 'expired' else 'failed' end,
        reason = case when o.late then 'EXPIRED' else 'WORKER_LOST' end,
        decided_epoch = hold_epoch(), decided_xid = pg_current_xact_id(),
        completed_at = now(), claimed_by = null, claimed_until = null
    from (
      select late.id, true as late from late union all select put_off.id, true from put_off
      union all select lost.id, false from lost) as o
    where r.id = o.id
    returning r.*
  )
  select jsonb_agg(jsonb_build_object(
    'organization_id', e.organization_id, 'id', gen_random_uuid(), 'type', 'recognition.' || e.status, 'subject', 'recognitions/' || e.id,
    'actor', 'system:face-worker', 'correlation_id', e.correlation_id, 'causation_id', e.request_event_id, 'occurred_at', e.completed_at,
    'payload', jsonb_build_object('recognition_id', e.id, 'source_id', e.source_id, 'captured_at', e.captured_at)
      || case when e.status = 'failed' then jsonb_build_object('reason', e.reason) else '{}' end))
  into endings from ended as e;
  if endings is not null then
    -- A claim does not wait for the disk, an event does.
    perform set_config('synchronous_commit', 'on', true);
    perform insert_events(endings);
    perform pg_notify('rollcall_events', '');
    -- There may be more, and what waits behind them is not given before they have ended: whoever is free claims again at once.
    if jsonb_array_length(endings) >= 100 then
      perform pg_notify('rollcall_requests', '');
    end if;
  end if;
end
$function$
;
comment on function end_recognitions() is 'Ends frames past their time and frames that lost their third worker, with their events.';

CREATE OR REPLACE FUNCTION public.end_registrations()
 RETURNS void
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public', 'pg_temp'
AS $function$
declare
  endings jsonb;
begin
  with lost as (
    select q.id, q.images from registration_requests as q
    where q.status = 'processing' and q.claimed_until < now() and q.attempts >= 3 order by q.claimed_until limit 100 for update skip locked
  ), ended as (
    update registration_requests as r
    set status = 'failed', reason = 'WORKER_LOST', images = '[]', completed_at = now(), decided_epoch = hold_epoch(),
        decided_xid = pg_current_xact_id(), claimed_by = null, claimed_until = null
    where r.id in (select lost.id from lost)
    returning r.*
  ), left_over as (
    insert into object_deletions (object_key, organization_id)
    select i.image ->> 'object_key', e.organization_id
    from ended as e join lost on lost.id = e.id cross join jsonb_array_elements(lost.images) as i (image)
    on conflict do nothing
  )
  select jsonb_agg(jsonb_build_object(
    'organization_id', e.organization_id, 'id', gen_random_uuid(), 'type', 'registration.failed', 'subject', 'registrations/' || e.id,
    'actor', 'system:face-worker', 'correlation_id', e.correlation_id, 'causation_id', e.request_event_id, 'occurred_at', e.completed_at,
    'payload', jsonb_build_object('registration_id', e.id, 'user_id', e.user_id, 'reason', e.reason)))
  into endings from ended as e;
  if endings is not null then
    -- A claim does not wait for the disk, an event does.
    perform set_config('synchronous_commit', 'on', true);
    perform insert_events(endings);
    perform pg_notify('rollcall_events', '');
  end if;
end
$function$
;
comment on function end_registrations() is 'Ends registrations that lost their third worker, with their events.';

CREATE OR REPLACE FUNCTION public.end_reviews(p_organization uuid, p_reviews uuid[], p_status text, p_user uuid, p_by uuid)
 RETURNS jsonb
 LANGUAGE plpgsql
 SET search_path TO 'pg_catalog', 'public', 'pg_temp'
AS $function$
declare
  ended uuid[];
  groups uuid[];
  told jsonb;
begin
  -- Only what is open: whoever takes a group away changes its ended reviews last, and would wait for one that is held here.
  perform from reviews as r where r.organization_id = p_organization and r.id = any (p_reviews) and r.status = 'open'
  order by r.id for no key update;
  with gone as (
    update reviews as r
    set status = p_status, user_id = coalesce(p_user, r.user_id), decided_by = p_by, decided_at = clock_timestamp()
    where r.organization_id = p_organization and r.id = any (p_reviews) and r.status = 'open'
    returning r.id, r.unknown_face_id
  )
  select array_agg(gone.id), array_agg(distinct gone.unknown_face_id) filter (where gone.unknown_face_id is not null)
  into ended, groups from gone;
  if ended is null then
    return '[]';
  end if;

  perform erase_embeddings(array(select r.recognized_face_id from reviews as r where r.id = any (ended)));
  if groups is not null then
    perform refresh_unknown_faces(groups);
  end if;

  select jsonb_agg(jsonb_build_object('review_id', r.id, 'kind', r.kind, 'recognized_face_id', f.id, 'recognition_id', q.id, 'source_id', s.id,
      'direction', s.direction, 'captured_at', q.captured_at, 'received_at', q.received_at, 'late_arrival', q.late_arrival,
      'candidate_user_id', f.user_id, 'similarity', f.similarity, 'margin', f.margin, 'liveness_verdict', f.liveness_verdict,
      'liveness_score', f.liveness_score, 'box', jsonb_build_object('x', f.box_x, 'y', f.box_y, 'width', f.box_width, 'height', f.box_height),
      'model_id', q.model_id, 'gallery_version', q.gallery_version) order by q.captured_at, r.id)
  into told
  from reviews as r join recognized_faces as f on f.id = r.recognized_face_id join recognition_requests as q on q.id = f.recognition_id
    join sources as s on s.id = q.source_id
  where r.id = any (ended);
  return told;
end
$function$
;
comment on function end_reviews(uuid,uuid[],text,uuid,uuid) is 'Ends open reviews, erases their embeddings, counts their groups anew.';

CREATE OR REPLACE FUNCTION public.ensure_epoch(OUT epoch smallint, OUT started boolean)
 RETURNS record
 LANGUAGE plpgsql
 SET search_path TO 'pg_catalog', 'public', 'pg_temp'
AS $function$
declare
  here record;
  newest log_identity;
  newest_xid xid8;
begin
  select system_identifier, null::integer as timeline into here from pg_control_system();
  begin
    -- The timeline that is written on now, the first eight digits of the present file of the write-ahead log. The control
    -- file's is that of the last checkpoint: after a fail-over the old one for minutes.
    here.timeline := ('x' || left(pg_walfile_name(pg_current_wal_lsn()), 8))::bit(32)::integer;
  exception when object_not_in_prerequisite_state or feature_not_supported then
    -- Servers that are not quite PostgreSQL keep their log elsewhere.
    select timeline_id into here.timeline from pg_control_checkpoint();
  end;
  -- The second time under the lock, if a new epoch seems due: another process may have begun it meanwhile, and
  -- whoever writes into the present one (see hold_epoch) must have ended.
  for locked in 0..1 loop
    if locked = 1 then
      lock table log_identity in exclusive mode;
    end if;
    select * into newest from log_identity identity order by identity.epoch desc limit 1;
    select known.xid into newest_xid from (
      (select event.xid from events event where event.epoch = newest.epoch order by event.xid desc limit 1)
      union all
      (select archived.xid from event_archive_ends archived where archived.epoch = newest.epoch order by archived.xid desc limit 1)
    ) known order by known.xid desc limit 1;
    started := newest.epoch is null
      or newest.system_identifier <> here.system_identifier
      or newest.timeline <> here.timeline
      or coalesce(newest_xid >= pg_snapshot_xmax(pg_current_snapshot()), false);
    exit when not started;
  end loop;

  if started then
    insert into log_identity (epoch, system_identifier, timeline)
    values (coalesce(newest.epoch, 0) + 1, here.system_identifier, here.timeline)
    returning log_identity.epoch into epoch;
  else
    epoch := newest.epoch;
  end if;
end
$function$
;
comment on function ensure_epoch() is 'Begins a new epoch of the event log if this database was restored; returns the present one.';

CREATE OR REPLACE FUNCTION public.erase_embeddings(p_recognized_faces uuid[])
 RETURNS void
 LANGUAGE plpgsql
 SET search_path TO 'pg_catalog', 'public', 'pg_temp'
AS $function$
begin
  perform from recognized_faces as f where f.id = any (p_recognized_faces) and f.embedding is not null order by f.id for no key update;
  update recognized_faces as f set embedding = null where f.id = any (p_recognized_faces) and f.embedding is not null;
end
$function$
;
comment on function erase_embeddings(uuid[]) is 'Erases the embeddings of seen faces, in one order.';

CREATE OR REPLACE FUNCTION public.event_log_stall()
 RETURNS jsonb
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public', 'pg_temp'
AS $function$
    with waiting as (
      select extract(epoch from clock_timestamp() - event.recorded_at)::double precision as seconds
      from events as event
      where event.epoch = current_epoch() and event.xid >= pg_snapshot_xmin(pg_current_snapshot())
      order by event.epoch, event.xid, event.position
      limit 1
    ), holders as (
      select a.pid, age(a.backend_xid) as age, a.xact_start as since,
        case when a.datname = current_database() then left(a.application_name, 64) else 'another database' end as application,
        case
          when a.state like 'idle in transaction%' then 'idle'
          when lower(split_part(ltrim(a.query), ' ', 1)) in ('select', 'insert', 'update', 'delete', 'merge', 'copy', 'create', 'alter', 'drop', 'vacuum', 'call', 'do')
            then lower(split_part(ltrim(a.query), ' ', 1))
          else 'other'
        end as statement
      from pg_stat_activity as a
      where a.backend_xid is not null and a.pid <> pg_backend_pid()
      union all
      -- Prepared and forgotten: it has no process any more, and outlives a restart.
      select null, age(p.transaction), p.prepared, 'a prepared transaction', 'idle' from pg_prepared_xacts as p
    )
    select jsonb_build_object(
      'seconds', greatest(waiting.seconds, 0),
      'transaction', (
        select jsonb_build_object('pid', h.pid, 'application', h.application, 'since', h.since, 'statement', h.statement)
        from holders as h order by h.age desc limit 1))
    from waiting
  $function$
;
grant execute on function event_log_stall() to rollcall_system;
comment on function event_log_stall() is 'How long events have waited to be read for an older transaction, and which; null when none waits.';

CREATE OR REPLACE FUNCTION public.expire_reviews(p_days integer, p_limit integer)
 RETURNS integer
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public', 'pg_temp'
AS $function$
declare
  overdue record;
  expired integer := 0;
begin
  for overdue in
    select o.organization_id, array_agg(o.id) as ids from (
      select r.organization_id, r.id from reviews as r left join system_configs as c on c.organization_id = r.organization_id
      where r.status = 'open' and r.created_at < now() - make_interval(days => coalesce((c.body #>> '{reviews,expire_after_days}')::integer, p_days))
      order by r.created_at limit p_limit
    ) as o group by o.organization_id order by o.organization_id
  loop
    expired := expired + jsonb_array_length(end_reviews(overdue.organization_id, overdue.ids, 'expired', null, null));
  end loop;
  return expired;
end
$function$
;
grant execute on function expire_reviews(integer,integer) to rollcall_system;
comment on function expire_reviews(integer,integer) is 'Ends reviews that nobody decided on in time.';

CREATE OR REPLACE FUNCTION public.fail_request(p_worker uuid, p_kind text, p_id uuid, p_reason text, p_event_id uuid, p_retry boolean, p_spare boolean DEFAULT false, p_attempts integer DEFAULT NULL::integer)
 RETURNS text
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public', 'pg_temp'
AS $function$
declare
  present_epoch constant smallint := hold_epoch();
  frame recognition_requests;
  person registration_requests;
  trouble interval;
begin
  if p_kind = 'recognition' then
    select * into frame from recognition_requests as r where r.id = p_id and r.status = 'processing' and r.claimed_by = p_worker
      and r.attempts = coalesce(p_attempts, r.attempts) for no key update;
    if not found then
      return 'lost';
    end if;
    trouble := clock_timestamp() - coalesce(frame.storage_trouble_since, clock_timestamp());
    if p_retry and p_spare and trouble < interval '1 hour' then
      update recognition_requests as r set reason = p_reason, claimed_by = null, attempts = r.attempts - 1,
        storage_trouble_since = coalesce(r.storage_trouble_since, clock_timestamp()),
        claimed_until = clock_timestamp() + greatest(interval '2 seconds', least(interval '1 minute', trouble / 4))
      where r.id = p_id;
      return 'retried';
    elsif p_retry and frame.attempts < 3 then
      update recognition_requests as r set reason = p_reason, claimed_by = null, claimed_until = clock_timestamp() + r.attempts * interval '2 seconds',
        storage_trouble_since = case when p_spare then r.storage_trouble_since end
      where r.id = p_id;
      return 'retried';
    end if;
    update recognition_requests as r set status = 'failed', reason = p_reason, decided_epoch = present_epoch, decided_xid = pg_current_xact_id(), claimed_by = null, claimed_until = null, completed_at = now()
    where r.id = p_id
    returning * into frame;
    perform insert_events(jsonb_build_array(jsonb_build_object(
      'organization_id', frame.organization_id, 'id', p_event_id, 'type', 'recognition.failed', 'subject', 'recognitions/' || frame.id,
      'actor', 'system:face-worker', 'correlation_id', frame.correlation_id, 'causation_id', frame.request_event_id, 'occurred_at', frame.completed_at,
      'payload', jsonb_build_object('recognition_id', frame.id, 'source_id', frame.source_id, 'captured_at', frame.captured_at, 'reason', p_reason))));
  elsif p_kind = 'registration' then
    select * into person from registration_requests as r where r.id = p_id and r.status = 'processing' and r.claimed_by = p_worker
      and r.attempts = coalesce(p_attempts, r.attempts) for no key update;
    if not found then
      return 'lost';
    end if;
    trouble := clock_timestamp() - coalesce(person.storage_trouble_since, clock_timestamp());
    if p_retry and p_spare and trouble < interval '1 hour' then
      update registration_requests as r set reason = p_reason, claimed_by = null, attempts = r.attempts - 1,
        storage_trouble_since = coalesce(r.storage_trouble_since, clock_timestamp()),
        claimed_until = clock_timestamp() + greatest(interval '2 seconds', least(interval '1 minute', trouble / 4))
      where r.id = p_id;
      return 'retried';
    elsif p_retry and person.attempts < 3 then
      update registration_requests as r set reason = p_reason, claimed_by = null, claimed_until = clock_timestamp() + r.attempts * interval '2 seconds',
        storage_trouble_since = case when p_spare then r.storage_trouble_since end
      where r.id = p_id;
      return 'retried';
    end if;
    update registration_requests as r set status = 'failed', reason = p_reason, decided_epoch = present_epoch, decided_xid = pg_current_xact_id(), claimed_by = null, claimed_until = null, completed_at = now()
    where r.id = p_id
    returning * into person;
    insert into object_deletions (object_key, organization_id)
    select i.image ->> 'object_key', person.organization_id from jsonb_array_elements(person.images) as i (image)
    on conflict do nothing;
    update registration_requests set images = '[]' where id = person.id;
    perform insert_events(jsonb_build_array(jsonb_build_object(
      'organization_id', person.organization_id, 'id', p_event_id, 'type', 'registration.failed', 'subject', 'registrations/' || person.id,
      'actor', 'system:face-worker', 'correlation_id', person.correlation_id, 'causation_id', person.request_event_id, 'occurred_at', person.completed_at,
      'payload', jsonb_build_object('registration_id', person.id, 'user_id', person.user_id, 'reason', p_reason))));
  else
    raise exception 'unknown kind of request: %', p_kind using errcode = 'invalid_parameter_value';
  end if;
  perform pg_notify('rollcall_events', '');
  return 'failed';
end
$function$
;
grant execute on function fail_request(uuid,text,uuid,text,uuid,boolean,boolean,integer) to rollcall_system;
comment on function fail_request(uuid,text,uuid,text,uuid,boolean,boolean,integer) is 'Has a request tried again after a pause, or ends it as failed.';

CREATE OR REPLACE FUNCTION public.find_api_key(p_hash bytea)
 RETURNS TABLE(api_key_id uuid, organization_id uuid, source_id uuid, source_type text, external_id text, scopes text[], expires_at timestamp with time zone)
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public', 'pg_temp'
AS $function$
  select k.id, k.organization_id, s.id, s.source_type, s.external_id, k.scopes, k.expires_at
  from api_keys as k join sources as s on s.organization_id = k.organization_id and s.id = k.source_id
  where k.key_hash = p_hash and k.revoked_at is null and (k.expires_at is null or k.expires_at > now())
    and s.is_active and s.deleted_at is null
$function$
;
grant execute on function find_api_key(bytea) to rollcall_gateway;
comment on function find_api_key(bytea) is 'The device behind a key, by the keys hash.';

CREATE OR REPLACE FUNCTION public.find_login(p_email text, p_slug text)
 RETURNS TABLE(user_id uuid, organization_id uuid, organization_slug text, password_hash text, role_id smallint, token_generation integer, is_active boolean)
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public', 'pg_temp'
AS $function$
  with meant as (
    select o.id, o.slug from organizations as o where o.slug = p_slug
    union all
    select o.id, o.slug from organizations as o
    where p_slug is null and not exists (select from organizations as other where other.id <> o.id)
  )
  select u.id, meant.id, meant.slug, u.password_hash, u.role_id, u.token_generation, u.is_active
  from meant left join users as u on u.organization_id = meant.id and u.email = lower(p_email) and not u.is_deleted
$function$
;
grant execute on function find_login(text,text) to rollcall_gateway;
comment on function find_login(text,text) is 'The organization a sign-in is for, and the account an e-mail has there.';

CREATE OR REPLACE FUNCTION public.find_refresh_token(p_hash bytea)
 RETURNS TABLE(refresh_token_id uuid, organization_id uuid)
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public', 'pg_temp'
AS $function$
  select t.id, t.organization_id from refresh_tokens as t where t.token_hash = p_hash
$function$
;
grant execute on function find_refresh_token(bytea) to rollcall_gateway;
comment on function find_refresh_token(bytea) is 'Whose a refresh token is, by its hash.';

CREATE OR REPLACE FUNCTION public.forget_rejection(p_review uuid)
 RETURNS uuid
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public', 'pg_temp'
AS $function$
declare
  organization constant uuid := current_organization_id();
  forgotten rejected_matches;
begin
  select * into forgotten from rejected_matches as m where m.organization_id = organization and m.review_id = p_review;
  if not found then
    return null;
  end if;
  -- The gallery's row first, as everybody does who changes what belongs to it.
  perform tell_rejections(organization, forgotten.model_id);
  delete from rejected_matches as m where m.id = forgotten.id;
  return case when found then forgotten.user_id end;
end
$function$
;
grant execute on function forget_rejection(uuid) to rollcall_gateway;
comment on function forget_rejection(uuid) is 'Forgets a remembered rejection; the review stays rejected.';

CREATE OR REPLACE FUNCTION public.forgive_sign_in(p_forget bytea[], p_lessen bytea[])
 RETURNS void
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public', 'pg_temp'
AS $function$
begin
  perform 1 from sign_in_attempts where key = any (p_forget || p_lessen) order by key for update;
  delete from sign_in_attempts where key = any (p_forget);
  update sign_in_attempts set attempts = greatest(attempts - 1, 0) where key = any (p_lessen);
end
$function$
;
grant execute on function forgive_sign_in(bytea[],bytea[]) to rollcall_gateway;
comment on function forgive_sign_in(bytea[],bytea[]) is 'Takes back a counted attempt to sign in.';

CREATE OR REPLACE FUNCTION public.group_sightings(p_organization uuid, p_groups jsonb)
 RETURNS integer
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public', 'pg_temp'
AS $function$
declare
  given record;
  taken uuid[];
  first_seen timestamptz;
  last_seen timestamptz;
  grouped integer := 0;
begin
  perform from unknown_faces as u
  where u.organization_id = p_organization and u.id in (select (g.item ->> 'id')::uuid from jsonb_array_elements(p_groups) as g (item))
  order by u.id for no key update;

  for given in
    select * from jsonb_to_recordset(p_groups) as g (id uuid, is_new boolean, model_id text, best_review_id uuid, review_ids uuid[])
    where g.is_new or exists (select 1 from unknown_faces as u where u.id = g.id and u.organization_id = p_organization)
  loop
    -- Never waits for a review: whoever decides on one waits for the group's row, which is held here.
    select array_agg(r.id), min(r.captured_at), max(r.captured_at) into taken, first_seen, last_seen from (
      select w.id, q.captured_at from reviews as w join recognized_faces as f on f.id = w.recognized_face_id
        join recognition_requests as q on q.id = f.recognition_id
      where w.organization_id = p_organization and w.id = any (given.review_ids) and w.status = 'open' and w.unknown_face_id is null
      for no key update of w skip locked
    ) as r;
    continue when taken is null;
    if given.is_new then
      insert into unknown_faces (id, organization_id, model_id, best_review_id, sighting_count, first_seen_at, last_seen_at)
      values (given.id, p_organization, given.model_id, coalesce((select b from unnest(taken) as b where b = given.best_review_id), taken[1]),
        cardinality(taken), first_seen, last_seen);
    else
      update unknown_faces as u
      set sighting_count = u.sighting_count + cardinality(taken), first_seen_at = least(u.first_seen_at, first_seen),
          last_seen_at = greatest(u.last_seen_at, last_seen),
          best_review_id = coalesce((select b from unnest(taken) as b where b = given.best_review_id), u.best_review_id)
      where u.id = given.id;
    end if;
    update reviews as r set unknown_face_id = given.id where r.id = any (taken);
    grouped := grouped + cardinality(taken);
  end loop;
  return grouped;
end
$function$
;
grant execute on function group_sightings(uuid,jsonb) to rollcall_system;
comment on function group_sightings(uuid,jsonb) is 'Puts open sightings of strangers with their look-alikes.';

CREATE OR REPLACE FUNCTION public.has_unread_events(p_name text, p_types text[], p_projections text[])
 RETURNS boolean
 LANGUAGE plpgsql
 STABLE
 SET search_path TO 'pg_catalog', 'public', 'pg_temp'
AS $function$
declare
  unread boolean;
begin
  execute format(
    'select exists (
       select from (select distinct organization_id from event_log.%1$I where type = any ($1)) o
       cross join (select projection from projection_checkpoints union select unnest($2)) p
       left join projection_checkpoints c on c.organization_id = o.organization_id and c.projection = p.projection
       where c.projection is null or c.epoch = 32767 or exists (
         select from event_log.%1$I e where e.organization_id = o.organization_id and e.type = any ($1)
           and (e.epoch, e.xid, e.position) > (c.epoch, c.xid, c.position)
       )
     )', p_name) into unread using p_types, p_projections;
  return unread;
end
$function$
;
comment on function has_unread_events(text,text[],text[]) is 'Whether a partition has events of these types that one of these projections, or of those with a checkpoint, has not read.';

CREATE OR REPLACE FUNCTION public.hold_epoch()
 RETURNS smallint
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public', 'pg_temp'
AS $function$
declare
  held smallint;
begin
  lock table log_identity in row share mode;
  select epoch into held from log_identity order by epoch desc limit 1;
  if held is null then
    raise exception 'the event log has no epoch: ensure_epoch() has not run' using errcode = 'object_not_in_prerequisite_state';
  end if;
  return held;
end
$function$
;
grant execute on function hold_epoch() to rollcall_system;
comment on function hold_epoch() is 'The epoch new rows belong to, which stays the present one until this transaction ends.';

CREATE OR REPLACE FUNCTION public.insert_events(p_events jsonb)
 RETURNS TABLE(id uuid, epoch smallint, xid xid8, "position" bigint)
 LANGUAGE plpgsql
 SET search_path TO 'pg_catalog', 'public', 'pg_temp'
AS $function$
#variable_conflict use_column
declare
  -- Held until the transaction ends: the next epoch begins only when nothing can be added to this one any more.
  present_epoch constant smallint := hold_epoch();
begin
  return query
  insert into events (epoch, organization_id, id, type, version, subject, actor, correlation_id, causation_id, payload, occurred_at)
  select present_epoch, event.organization_id, event.id, event.type, coalesce(event.version, 1::smallint), event.subject,
         event.actor, event.correlation_id, event.causation_id, event.payload, event.occurred_at
  from rows from (jsonb_to_recordset(p_events) as (
    organization_id uuid, id uuid, type text, version smallint, subject text, actor text, correlation_id uuid,
    causation_id uuid, payload jsonb, occurred_at timestamptz
  )) with ordinality as event
  order by event.ordinality
  returning events.id, events.epoch, events.xid, events.position;
end
$function$
;
comment on function insert_events(jsonb) is 'Appends events in the order of the array. Tells nobody: callers ring once a commit.';

CREATE OR REPLACE FUNCTION public.installation_ledger_gap()
 RETURNS TABLE(undecided_seconds double precision, unprojected_seconds double precision)
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public', 'pg_temp'
AS $function$
  select coalesce(extract(epoch from clock_timestamp() - min(g.undecided_since)), 0)::double precision,
    coalesce(extract(epoch from clock_timestamp() - min(g.unprojected_since)), 0)::double precision
  from open_ledger_gaps() as g
  $function$
;
grant execute on function installation_ledger_gap() to rollcall_gateway;
comment on function installation_ledger_gap() is 'Age of the oldest request not decided and of the oldest decision not projected, all organizations.';

CREATE OR REPLACE FUNCTION public.keep_chain_head()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
begin
  if new.organization_id <> old.organization_id or new.sequence <= old.sequence then
    raise exception 'the head of an audit chain only moves forward' using errcode = 'insufficient_privilege';
  end if;
  return new;
end
$function$
;
comment on function keep_chain_head() is 'Trigger: the head of an audit chain only moves forward.';

CREATE OR REPLACE FUNCTION public.ledger_figures(p_organization uuid, p_from timestamp with time zone, p_to timestamp with time zone)
 RETURNS jsonb
 LANGUAGE sql
 STABLE
 SET search_path TO 'pg_catalog', 'public', 'pg_temp'
AS $function$
  with place as (
    select c.epoch, c.xid, c.position
    from (values (p_organization)) as o (id)
    left join projection_checkpoints as c on c.projection = 'attendance' and c.organization_id = o.id and c.epoch < 32767
  ), request as (
    select 'recognition' as kind, greatest(r.received_at, r.requeued_at) as waits_since,
      case when r.status in ('queued', 'processing') then null when r.discarded_at is not null then 'discarded'
        when r.status = 'completed' then coalesce(r.outcome, 'no_face') else r.status end as ending,
      case when r.status = 'failed' and r.discarded_at is null then r.reason end as reason,
      r.status not in ('queued', 'processing') as decided,
      r.status in ('failed', 'expired') or (r.status = 'completed' and (r.decided_xid is null
        or (r.decided_epoch, r.decided_xid) < (place.epoch, place.xid)
        or ((r.decided_epoch, r.decided_xid) = (place.epoch, place.xid) and not exists (
          select from events as e
          where e.organization_id = p_organization and e.epoch = place.epoch and e.xid = place.xid and e.position > place.position
            and e.subject = 'recognitions/' || r.id)))) as projected
    from recognition_requests as r cross join place
    where r.organization_id = p_organization and r.received_at >= p_from and r.received_at < p_to
    union all
    select 'registration', r.created_at,
      case when r.status in ('queued', 'processing') then null when r.discarded_at is not null then 'discarded' else r.status end,
      case when r.status = 'failed' and r.discarded_at is null then r.reason end,
      r.status not in ('queued', 'processing'),
      r.status not in ('queued', 'processing') and (r.decided_xid is null
        or (r.decided_epoch, r.decided_xid) < (place.epoch, place.xid)
        or ((r.decided_epoch, r.decided_xid) = (place.epoch, place.xid) and not exists (
          select from events as e
          where e.organization_id = p_organization and e.epoch = place.epoch and e.xid = place.xid and e.position > place.position)))
    from registration_requests as r cross join place
    where r.organization_id = p_organization and r.created_at >= p_from and r.created_at < p_to
    union all
    -- Nobody projects the verdict on an uploaded image; images that were used or whose time is over are gone.
    select 'upload', u.created_at, case when u.status in ('queued', 'processing') then null else u.status end,
      case when u.status = 'failed' then u.reason end, u.status not in ('queued', 'processing'), u.status not in ('queued', 'processing')
    from uploaded_images as u
    where u.organization_id = p_organization and u.created_at >= p_from and u.created_at < p_to
  ), counted as (
    select kind, ending, reason, count(*) as requests, count(*) filter (where decided) as decided,
      count(*) filter (where decided and coalesce(projected, false)) as projected,
      min(waits_since) filter (where not decided) as undecided_since,
      min(waits_since) filter (where decided and not coalesce(projected, false)) as unprojected_since
    from request group by kind, ending, reason
  ), by_ending as (
    select kind, jsonb_object_agg(ending, requests) as endings
    from (select kind, ending, sum(requests) as requests from counted where ending is not null group by kind, ending) as e group by kind
  ), by_reason as (
    select kind, jsonb_object_agg(reason, requests) as reasons
    from (select kind, reason, sum(requests) as requests from counted where reason is not null group by kind, reason) as e group by kind
  ), totals as (
    select kind, sum(requests) as accepted, sum(decided) as decided, sum(projected) as projected,
      min(undecided_since) as undecided_since, min(unprojected_since) as unprojected_since
    from counted group by kind
  )
  select coalesce(jsonb_object_agg(t.kind, jsonb_build_object(
      'accepted', t.accepted, 'decided', t.decided, 'projected', t.projected, 'endings', coalesce(e.endings, '{}'),
      'reasons', coalesce(r.reasons, '{}'), 'undecided_since', t.undecided_since, 'unprojected_since', t.unprojected_since)), '{}')
    || jsonb_build_object('skipped', (
      select count(*) from projection_skips as p
      where p.projection = 'attendance' and p.organization_id = p_organization and p.skipped_at >= p_from and p.skipped_at < p_to))
  from totals as t left join by_ending as e on e.kind = t.kind left join by_reason as r on r.kind = t.kind
  $function$
;
grant execute on function ledger_figures(uuid,timestamp with time zone,timestamp with time zone) to rollcall_gateway;
grant execute on function ledger_figures(uuid,timestamp with time zone,timestamp with time zone) to rollcall_system;
comment on function ledger_figures(uuid,timestamp with time zone,timestamp with time zone) is 'Accepted, decided by ending, projected: the requests an organization took in during a span, of one snapshot.';

CREATE OR REPLACE FUNCTION public.list_event_spans(p_after_epoch smallint, p_after_xid xid8)
 RETURNS TABLE(name text, epoch smallint, from_xid xid8, to_xid xid8)
 LANGUAGE sql
 STABLE
 SET search_path TO 'pg_catalog', 'public', 'pg_temp'
AS $function$
    with parts as (
      select p.name, p.from_epoch, p.from_xid, p.to_epoch, p.to_xid from event_partitions p
      where p.dropped_at is null and (p.to_epoch, p.to_xid) > (p_after_epoch, p_after_xid)
      union all
      (select 'events_rest', coalesce(max(p.to_epoch), 0::smallint),
         coalesce((select q.to_xid from event_partitions q order by q.to_epoch desc, q.to_xid desc limit 1), '0'), 32767, '0'
       from event_partitions p)
    ), spans as (
      select parts.name, identity.epoch,
        case when parts.from_epoch = identity.epoch then parts.from_xid else '0' end as from_xid,
        case when parts.to_epoch = identity.epoch then parts.to_xid else '18446744073709551615' end as to_xid
      from parts join log_identity identity on identity.epoch between parts.from_epoch and parts.to_epoch
    )
    select spans.name, spans.epoch, spans.from_xid, spans.to_xid from spans
    where spans.to_xid > spans.from_xid and (spans.epoch, spans.to_xid) > (p_after_epoch, p_after_xid)
    order by spans.epoch, spans.from_xid
  $function$
;
grant execute on function list_event_spans(smallint,xid8) to rollcall_gateway;
grant execute on function list_event_spans(smallint,xid8) to rollcall_system;
comment on function list_event_spans(smallint,xid8) is 'Ranges of transaction ids within one epoch and one partition of events each, from the one that holds a key on.';

CREATE OR REPLACE FUNCTION public.list_system_logs(p_levels text[], p_services text[], p_from timestamp with time zone, p_to timestamp with time zone, p_before bigint, p_limit integer)
 RETURNS TABLE(id bigint, level text, service text, code text, message text, context jsonb, occurred_at timestamp with time zone, of_installation boolean, repeats integer, worker_id uuid)
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public', 'pg_temp'
AS $function$
    select l.id, l.level, l.service, l.code, l.message,
      case when l.organization_id <> current_organization_id() and (select count(*) from organizations) > 1 then '{}' else l.context end,
      l.occurred_at, l.organization_id <> current_organization_id(), l.repeats, l.worker_id
    from system_logs as l
    where l.organization_id in (current_organization_id(), case when current_organization_id() is not null then '00000000-0000-0000-0000-000000000000'::uuid end)
      and (p_levels is null or l.level = any (p_levels))
      and (p_services is null or l.service = any (p_services))
      and (p_from is null or l.occurred_at >= p_from) and (p_to is null or l.occurred_at < p_to)
      and (p_before is null or l.id < p_before)
    order by l.id desc
    limit least(p_limit, 201)
  $function$
;
grant execute on function list_system_logs(text[],text[],timestamp with time zone,timestamp with time zone,bigint,integer) to rollcall_gateway;
comment on function list_system_logs(text[],text[],timestamp with time zone,timestamp with time zone,bigint,integer) is 'Lines of the transaction''s organization and of the installation, newest first; the installation''s without context where there are several organizations.';

CREATE OR REPLACE FUNCTION public.lock_galleries(p_organization uuid, p_faces uuid[])
 RETURNS void
 LANGUAGE plpgsql
 SET search_path TO 'pg_catalog', 'public', 'pg_temp'
AS $function$
begin
  perform from galleries as g
  where g.organization_id = p_organization
    and g.model_id in (select e.model_id from face_embeddings as e where e.organization_id = p_organization and e.id = any (p_faces))
  order by g.model_id for no key update;
end
$function$
;
comment on function lock_galleries(uuid,uuid[]) is 'Holds the galleries that faces stand in.';

CREATE OR REPLACE FUNCTION public.make_event_partition(p_events bigint DEFAULT 2000000, p_ahead integer DEFAULT 2, p_span bigint DEFAULT NULL::bigint, OUT made text, OUT from_rest boolean)
 RETURNS record
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public', 'pg_temp'
 SET lock_timeout TO '500ms'
AS $function$
declare
  -- Transaction ids that are not used up while a partition is attached.
  margin constant bigint := least(1000000, p_span);
  present constant smallint := current_epoch();
  next_xid numeric;
  newest event_partitions;
  due boolean;
  below numeric;
begin
  from_rest := false;
  if present is null then
    return;
  end if;
  lock table event_partitions in share row exclusive mode;
  select * into newest from event_partitions order by to_epoch desc, to_xid desc limit 1;
  next_xid := pg_snapshot_xmax(pg_current_snapshot())::text::numeric;
  from_rest := newest.name is null
    or (newest.to_epoch, newest.to_xid::text::numeric) < (present, next_xid + margin)
    or exists (select from event_log.events_rest);
  due := from_rest or (
    select count(*) < p_ahead from event_partitions p where (p.from_epoch, p.from_xid::text::numeric) > (present, next_xid)
  );
  if not due then
    return;
  end if;
  if from_rest then
    -- No writer, see hold_epoch().
    lock table log_identity in exclusive mode;
    next_xid := pg_snapshot_xmax(pg_current_snapshot())::text::numeric;
    from_rest := exists (select from event_log.events_rest);
  end if;

  below := greatest(next_xid, case when newest.to_epoch = present then newest.to_xid::text::numeric end)
    + coalesce(p_span, choose_event_span(p_events));
  made := format('events_%s_%s', coalesce(newest.to_epoch, 0), coalesce(newest.to_xid::text, '0'));
  if from_rest then
    alter table events detach partition event_log.events_rest;
    execute format('alter table event_log.events_rest rename to %I', made);
  else
    execute format('create table event_log.%I (like events including defaults including constraints)', made);
    perform separate_organizations(format('event_log.%I', made)::regclass);
  end if;
  execute format('alter table events attach partition event_log.%I for values from (%s, %s) to (%s, %L)', made,
    coalesce(newest.to_epoch::text, 'minvalue'), coalesce(quote_literal(newest.to_xid::text), 'minvalue'), present, below);
  if from_rest then
    create table event_log.events_rest (like events including defaults including constraints);
    perform separate_organizations('event_log.events_rest');
    alter table events attach partition event_log.events_rest default;
  end if;
  insert into event_partitions (name, from_epoch, from_xid, to_epoch, to_xid)
  values (made, coalesce(newest.to_epoch, 0), coalesce(newest.to_xid, '0'), present, below::text::xid8);
end
$function$
;
grant execute on function make_event_partition(bigint,integer,bigint) to rollcall_system;
comment on function make_event_partition(bigint,integer,bigint) is 'Makes the next partition of events if fewer than p_ahead are ahead; made is null when none is due. p_span: its transaction ids, chosen by choose_event_span() when null.';

CREATE OR REPLACE FUNCTION public.note_activity()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog'
AS $function$
declare
  was constant boolean := tg_op = 'INSERT' or (old.is_active and not old.is_deleted);
  is_now constant boolean := new.is_active and not new.is_deleted;
begin
  if was is distinct from is_now then
    -- The clock, not the beginning of the transaction: changes of one person come in the order in which they are written.
    insert into public.user_activity_changes (organization_id, user_id, is_active, since)
    values (new.organization_id, new.id, is_now,
            case when tg_op = 'INSERT' then new.created_at else coalesce(new.deleted_at, clock_timestamp()) end);
  end if;
  return null;
end
$function$
;
comment on function note_activity() is 'Writes down when a person becomes inactive, comes back or leaves, in the transaction that says so.';

CREATE OR REPLACE FUNCTION public.note_api_keys_used(p_uses jsonb)
 RETURNS void
 LANGUAGE sql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public', 'pg_temp'
AS $function$
  with used as (
    select k.id, u.used_at
    from jsonb_to_recordset(p_uses) as u (api_key_id uuid, used_at timestamptz) join api_keys as k on k.id = u.api_key_id
    where k.last_used_at is null or k.last_used_at < u.used_at
    order by k.id for update of k
  )
  update api_keys as k set last_used_at = greatest(k.last_used_at, used.used_at) from used where k.id = used.id
$function$
;
grant execute on function note_api_keys_used(jsonb) to rollcall_gateway;
comment on function note_api_keys_used(jsonb) is 'Notes when keys were last used, of any organizations.';

CREATE OR REPLACE FUNCTION public.note_event_archive(p_name text, p_events bigint, p_newest timestamp with time zone, p_sha256 bytea)
 RETURNS void
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public', 'pg_temp'
AS $function$
begin
  update event_partitions
  set event_count = p_events, newest_recorded_at = p_newest, archive_sha256 = p_sha256, archived_at = now()
  where name = p_name and dropped_at is null;
  if not found then
    raise exception 'the partition % was dropped already', p_name using errcode = 'object_not_in_prerequisite_state';
  end if;
end
$function$
;
grant execute on function note_event_archive(text,bigint,timestamp with time zone,bytea) to rollcall_system;
comment on function note_event_archive(text,bigint,timestamp with time zone,bytea) is 'Says that a partition of events is in the archive, and what was found there.';

CREATE OR REPLACE FUNCTION public.open_ledger_gaps(p_organization uuid DEFAULT NULL::uuid)
 RETURNS TABLE(organization_id uuid, undecided_since timestamp with time zone, unprojected_since timestamp with time zone)
 LANGUAGE sql
 STABLE
 SET search_path TO 'pg_catalog', 'public', 'pg_temp'
AS $function$
  with undecided as (
    select w.organization_id, min(w.since) as since
    from (
      -- One that was put into the queue again waits since then.
      select r.organization_id, greatest(r.received_at, r.requeued_at) as since from recognition_requests as r where r.status = 'queued'
      union all select r.organization_id, greatest(r.received_at, r.requeued_at) from recognition_requests as r where r.status = 'processing'
      union all select r.organization_id, r.created_at from registration_requests as r where r.status = 'queued'
      union all select r.organization_id, r.created_at from registration_requests as r where r.status = 'processing'
      union all select u.organization_id, u.created_at from uploaded_images as u where u.status in ('queued', 'processing')
    ) as w
    where p_organization is null or w.organization_id = p_organization
    group by w.organization_id
  )
  select o.id, u.since, e.recorded_at
  from organizations as o
  left join undecided as u on u.organization_id = o.id
  -- Epoch 32767: parked, see ledger_figures.
  left join projection_checkpoints as c on c.projection = 'attendance' and c.organization_id = o.id and c.epoch < 32767
  left join lateral (
    select e.recorded_at from events as e
    -- The organization as a range, and the place said twice: see read_events.
    where (e.organization_id, e.epoch, e.xid, e.position)
        > (o.id, coalesce(c.epoch, 0::smallint), coalesce(c.xid, '0'::xid8), coalesce(c.position, 0))
      and e.organization_id <= o.id
      and (e.epoch > coalesce(c.epoch, 0::smallint)
        or e.epoch = coalesce(c.epoch, 0::smallint) and e.xid >= coalesce(c.xid, '0'::xid8))
      and e.type in ('recognition.completed', 'face.registered', 'registration.rejected', 'registration.failed')
    order by e.organization_id, e.epoch, e.xid, e.position limit 1
  ) as e on true
  where (p_organization is null or o.id = p_organization) and (u.since is not null or e.recorded_at is not null)
  $function$
;
grant execute on function open_ledger_gaps(uuid) to rollcall_gateway;
grant execute on function open_ledger_gaps(uuid) to rollcall_system;
comment on function open_ledger_gaps(uuid) is 'Since when the oldest request was not decided, and the oldest decision not projected; for each organization where something waits.';

CREATE OR REPLACE FUNCTION public.read_events(p_organization uuid, p_after_epoch smallint, p_after_xid xid8, p_after_position bigint, p_limit integer, p_types text[] DEFAULT NULL::text[])
 RETURNS TABLE(epoch smallint, xid xid8, "position" bigint, id uuid, organization_id uuid, type text, version smallint, subject text, actor text, correlation_id uuid, causation_id uuid, payload jsonb, occurred_at timestamp with time zone, recorded_at timestamp with time zone, more boolean)
 LANGUAGE plpgsql
 STABLE
 SET search_path TO 'pg_catalog', 'public', 'pg_temp'
 SET plan_cache_mode TO 'force_generic_plan'
AS $function$
#variable_conflict use_column
declare
  present_epoch constant smallint := current_epoch();
  horizon constant xid8 := pg_snapshot_xmin(pg_current_snapshot());
  -- With a filter a call looks at many rows for few: bounded, so that it always comes back soon.
  most_scanned constant integer := case when p_types is null then p_limit else greatest(p_limit, 1000) end;
  part record;
  first_xid xid8;
  below xid8;
begin
  if exists (
    select from event_archive_ends a
    where a.organization_id = p_organization and (a.epoch, a.xid, a.position) > (p_after_epoch, p_after_xid, p_after_position)
  ) then
    raise exception 'events after this place are in the archive only' using errcode = 'RC410';
  end if;
  -- Where the next event stands: partitions without any are stepped over at once.
  for part in
    select p.name, p.epoch, p.from_xid, p.to_xid from list_event_spans(p_after_epoch, p_after_xid) p
    where p.epoch < present_epoch or p.from_xid < horizon
  loop
    select e.xid into first_xid
    from events e
    where (e.organization_id, e.epoch, e.xid, e.position) > (p_organization, p_after_epoch, p_after_xid, p_after_position)
      and e.organization_id <= p_organization and e.epoch = part.epoch and e.xid >= part.from_xid and e.xid < part.to_xid
    order by e.organization_id, e.epoch, e.xid, e.position
    limit 1;
    -- The catalog is of now, the rows are of the snapshot: one that was dropped between the two must not look like none.
    if to_regclass('event_log.' || part.name) is null then
      raise exception 'events after this place were dropped at this moment' using errcode = 'RC410';
    end if;
    exit when first_xid is not null;
  end loop;
  if first_xid is null then
    return query select p_after_epoch, p_after_xid, p_after_position, null::uuid, null::uuid, null, null::smallint, null, null,
      null::uuid, null::uuid, null::jsonb, null::timestamptz, null::timestamptz, false;
    return;
  end if;
  below := part.to_xid;
  if part.epoch = present_epoch then
    below := least(below, horizon);
  end if;

  return query
  with scanned as materialized (
    select *
    from events e
    where (e.organization_id, e.epoch, e.xid, e.position) > (p_organization, p_after_epoch, p_after_xid, p_after_position)
      and e.organization_id <= p_organization and e.epoch = part.epoch and e.xid >= first_xid and e.xid < below
    order by e.organization_id, e.epoch, e.xid, e.position
    limit most_scanned
  ), page as materialized (
    select * from scanned where p_types is null or scanned.type = any (p_types)
    order by scanned.epoch, scanned.xid, scanned.position
    limit p_limit
  ), figures as (
    select (select count(*) from scanned) = most_scanned as scan_is_full,
           (select count(*) from page) = p_limit as page_is_full
  ), reached as (
    (select e.epoch, e.xid, e.position from page e, figures where figures.page_is_full
     order by e.epoch desc, e.xid desc, e.position desc limit 1)
    union all
    (select e.epoch, e.xid, e.position from scanned e, figures where not figures.page_is_full
     order by e.epoch desc, e.xid desc, e.position desc limit 1)
    union all
    select p_after_epoch, p_after_xid, p_after_position where not exists (select from scanned)
  ), answer as (
    select page.*, null::boolean as more from page
    union all
    select reached.epoch, reached.xid, reached.position, null, null, null, null, null, null, null, null, null, null, null,
           figures.page_is_full or figures.scan_is_full
             or part.epoch < present_epoch or below < horizon
    from reached, figures
  )
  select answer.epoch, answer.xid, answer.position, answer.id, answer.organization_id, answer.type, answer.version,
         answer.subject, answer.actor, answer.correlation_id, answer.causation_id, answer.payload, answer.occurred_at,
         answer.recorded_at, answer.more
  from answer
  order by answer.id is null, answer.epoch, answer.xid, answer.position;
end
$function$
;
grant execute on function read_events(uuid,smallint,xid8,bigint,integer,text[]) to rollcall_gateway;
grant execute on function read_events(uuid,smallint,xid8,bigint,integer,text[]) to rollcall_system;
comment on function read_events(uuid,smallint,xid8,bigint,integer,text[]) is 'Events after a key in commit order. The last row has no id: it says how far was read, which also moves over events of other types, and whether there is more now. RC410: what comes next is in the archive only.';

CREATE OR REPLACE FUNCTION public.refresh_unknown_faces(p_unknown_faces uuid[])
 RETURNS void
 LANGUAGE plpgsql
 SET search_path TO 'pg_catalog', 'public', 'pg_temp'
AS $function$
begin
  perform from unknown_faces as u where u.id = any (p_unknown_faces) order by u.id for no key update;
  with open_sighting as (
    select r.unknown_face_id, r.id, q.captured_at, f.quality
    from reviews as r join recognized_faces as f on f.id = r.recognized_face_id join recognition_requests as q on q.id = f.recognition_id
    where r.unknown_face_id = any (p_unknown_faces) and r.status = 'open'
  ), counted as (
    select o.unknown_face_id, count(*)::integer as sightings, min(o.captured_at) as first_seen, max(o.captured_at) as last_seen,
      (array_agg(o.id order by (o.quality ->> 'size')::real desc nulls last, o.id))[1] as largest, array_agg(o.id) as ids
    from open_sighting as o group by o.unknown_face_id
  )
  update unknown_faces as u
  set sighting_count = c.sightings, first_seen_at = c.first_seen, last_seen_at = c.last_seen,
      best_review_id = case when u.best_review_id = any (c.ids) then u.best_review_id else c.largest end
  from counted as c where u.id = c.unknown_face_id;
  delete from unknown_faces as u where u.id = any (p_unknown_faces)
    and not exists (select 1 from reviews as r where r.unknown_face_id = u.id and r.status = 'open');
end
$function$
;
comment on function refresh_unknown_faces(uuid[]) is 'Counts groups of look-alikes anew; those without open sightings go.';

CREATE OR REPLACE FUNCTION public.refuse_change()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
begin
  raise exception '% is append-only: % is refused', tg_table_name, lower(tg_op)
    using errcode = 'insufficient_privilege';
end
$function$
;
comment on function refuse_change() is 'Trigger of tables whose rows never change.';

CREATE OR REPLACE FUNCTION public.reject_review(p_review uuid, p_by uuid, p_remember boolean, p_rejection uuid)
 RETURNS jsonb
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public', 'pg_temp'
AS $function$
declare
  organization constant uuid := current_organization_id();
  review reviews;
  face recognized_faces;
  model text;
  remembered boolean := false;
  told jsonb;
begin
  select * into review from reviews as r where r.organization_id = organization and r.id = p_review;
  if not found then
    return null;
  end if;
  perform 1 from users as u where u.organization_id = organization and u.id = review.user_id and not u.is_deleted for share;
  remembered := found and coalesce(p_remember, review.kind = 'uncertain');
  select * into review from reviews as r where r.id = p_review for no key update;
  if review.status <> 'open' then
    return jsonb_build_object('status', 'decided');
  end if;

  if remembered then
    select q.model_id into model from recognized_faces as f join recognition_requests as q on q.id = f.recognition_id
    where f.id = review.recognized_face_id;
    -- Holds the gallery's row from here: the face it was taken for cannot be erased any more before this commits.
    perform tell_rejections(organization, model);
    select * into face from recognized_faces as f where f.id = review.recognized_face_id;
    insert into rejected_matches (id, organization_id, user_id, face_id, model_id, review_id, embedding, key_id, nonce)
    select p_rejection, organization, face.user_id, face.face_id, model, p_review, face.embedding, face.key_id, face.nonce
    where face.embedding is not null and exists (select 1 from face_embeddings as e where e.id = face.face_id and e.user_id = face.user_id);
    remembered := found;
    delete from rejected_matches as m where m.id in (
      select o.id from rejected_matches as o where o.organization_id = organization and o.model_id = model and o.user_id = face.user_id
      order by o.created_at desc, o.id desc offset 20);
    delete from rejected_matches as m where m.id in (
      select o.id from rejected_matches as o where o.organization_id = organization and o.model_id = model
      order by o.created_at desc, o.id desc offset 2000);
  end if;

  told := end_reviews(organization, array[p_review], 'rejected', null, p_by) -> 0;
  return jsonb_build_object('status', 'rejected', 'remembered', remembered, 'sighting', told);
end
$function$
;
grant execute on function reject_review(uuid,uuid,boolean,uuid) to rollcall_gateway;
comment on function reject_review(uuid,uuid,boolean,uuid) is 'Ends an open review as no attendance; the face may be remembered as not being the candidate''s.';

CREATE OR REPLACE FUNCTION public.release_claims(p_worker uuid, p_recognitions uuid[], p_registrations uuid[])
 RETURNS integer
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public', 'pg_temp'
AS $function$
declare
  released integer;
begin
  with frames as (
    update recognition_requests set status = 'queued', claimed_by = null, claimed_until = null, attempts = attempts - 1
    where id = any (p_recognitions) and status = 'processing' and claimed_by = p_worker returning id
  ), people as (
    update registration_requests set status = 'queued', claimed_by = null, claimed_until = null, attempts = attempts - 1
    where id = any (p_registrations) and status = 'processing' and claimed_by = p_worker returning id
  )
  select count(*) into released from (select id from frames union all select id from people) as given_back;
  if released > 0 then
    perform pg_notify('rollcall_requests', '');
  end if;
  return released;
end
$function$
;
grant execute on function release_claims(uuid,uuid[],uuid[]) to rollcall_system;
comment on function release_claims(uuid,uuid[],uuid[]) is 'Gives claims back as if they had never been made; answers how many.';

CREATE OR REPLACE FUNCTION public.remove_faces(p_organization uuid, p_faces uuid[])
 RETURNS jsonb
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public', 'pg_temp'
AS $function$
declare
  removed jsonb;
  forgotten text[];
begin
  -- The lock first, in one order for all: a result that names one of these faces commits before this or sees them gone.
  perform lock_galleries(p_organization, p_faces);

  with gone as (
    delete from rejected_matches as m where m.organization_id = p_organization and m.face_id = any (p_faces) returning m.model_id
  )
  select array_agg(distinct gone.model_id) into forgotten from gone;

  with gone as (
    delete from face_embeddings as e where e.organization_id = p_organization and e.id = any (p_faces)
    returning e.id, e.user_id, e.model_id, e.faiss_id, e.face_image_id
  ), raised as (
    update galleries as g set version = g.version + 1, face_count = g.face_count - c.faces, updated_at = now()
    from (select gone.model_id, count(*)::integer as faces from gone group by gone.model_id) as c
    where g.organization_id = p_organization and g.model_id = c.model_id
    returning g.model_id, g.version
  ), told as (
    insert into gallery_changes (organization_id, model_id, version, faiss_id, op)
    select p_organization, gone.model_id, raised.version, gone.faiss_id, 'remove' from gone join raised using (model_id)
  )
  select jsonb_agg(jsonb_build_object('face_id', gone.id, 'user_id', gone.user_id, 'model_id', gone.model_id, 'gallery_version', raised.version, 'face_image_id', gone.face_image_id))
  into removed from gone join raised using (model_id);
  if removed is null then
    return '[]';
  end if;

  if forgotten is not null then
    insert into gallery_changes (organization_id, model_id, version, faiss_id, op)
    select distinct p_organization, r.face ->> 'model_id', (r.face ->> 'gallery_version')::bigint, 0, 'rejections'
    from jsonb_array_elements(removed) as r (face) where r.face ->> 'model_id' = any (forgotten);
  end if;

  -- Vectors of sightings that a person was to decide on: one that was taken for an erased face goes with it.
  perform erase_embeddings(array(
    select f.id from recognized_faces as f
    where f.organization_id = p_organization and f.embedding is not null
      and f.user_id in (select (r.face ->> 'user_id')::uuid from jsonb_array_elements(removed) as r (face))
      and f.face_id in (select (r.face ->> 'face_id')::uuid from jsonb_array_elements(removed) as r (face))));

  with gone as (
    delete from face_images as f where f.id in (select (r.face ->> 'face_image_id')::uuid from jsonb_array_elements(removed) as r (face))
    returning f.object_key
  )
  insert into object_deletions (object_key, organization_id)
  select gone.object_key, p_organization from gone
  on conflict do nothing;
  perform pg_notify('rollcall_galleries', '');
  return (select jsonb_agg(r.face - 'face_image_id') from jsonb_array_elements(removed) as r (face));
end
$function$
;
comment on function remove_faces(uuid,uuid[]) is 'Erases enrolled faces and raises the gallerys version.';

CREATE OR REPLACE FUNCTION public.renew_claims(p_worker uuid, p_recognitions uuid[], p_registrations uuid[], p_lease interval)
 RETURNS uuid[]
 LANGUAGE sql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public', 'pg_temp'
AS $function$
  -- Lost in a crash, it is as if it had not been asked for.
  select set_config('synchronous_commit', 'off', true);
  -- Rows that another connection of the worker is completing are passed over: they need no lease, and waiting for them in
  -- another order than it locks them would be a deadlock. They count as held.
  with frames as (
    update recognition_requests as r set claimed_until = clock_timestamp() + p_lease
    where r.id in (
      select o.id from recognition_requests as o where o.id = any (p_recognitions) and o.status = 'processing' and o.claimed_by = p_worker
      order by o.id for no key update skip locked)
  ), people as (
    update registration_requests as r set claimed_until = clock_timestamp() + p_lease
    where r.id in (
      select o.id from registration_requests as o where o.id = any (p_registrations) and o.status = 'processing' and o.claimed_by = p_worker
      order by o.id for no key update skip locked)
  )
  select coalesce(array_agg(held.id), '{}') from (
    select r.id from recognition_requests as r where r.id = any (p_recognitions) and r.status = 'processing' and r.claimed_by = p_worker
    union all
    select r.id from registration_requests as r where r.id = any (p_registrations) and r.status = 'processing' and r.claimed_by = p_worker
  ) as held
$function$
;
grant execute on function renew_claims(uuid,uuid[],uuid[],interval) to rollcall_system;
comment on function renew_claims(uuid,uuid[],uuid[],interval) is 'Lengthens leases; answers the ids still held.';

CREATE OR REPLACE FUNCTION public.request_recomputation(p_users uuid[], p_from date, p_to date, p_cause uuid, p_correlation uuid, p_subject text)
 RETURNS void
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public', 'pg_temp'
AS $function$
declare
  organization constant uuid := current_organization_id();
  nobody constant uuid := '00000000-0000-0000-0000-000000000000';
  everybody constant boolean := p_users is null;
  people uuid[] := array[nobody];
begin
  if p_from > p_to or organization is null then
    return;
  end if;
  perform pg_advisory_xact_lock(hashtextextended('recomputation/' || organization::text, 0));
  if everybody then
    -- Of everybody is of each.
    delete from recomputation_spans s
    where s.organization_id = organization and s.user_id is not null and s.from_date >= p_from and s.to_date <= p_to;
  else
    select coalesce(array_agg(distinct asked.user_id), '{}') into people
    from unnest(p_users) as asked (user_id)
    where not exists (
      select from recomputation_spans s
      where s.organization_id = organization and s.user_id is null and s.from_date <= p_from and s.to_date >= p_to
        and (s.slice_from is null or p_to < s.slice_from or s.after_user_id is null or asked.user_id > s.after_user_id)
    );
  end if;
  with joined as (
    delete from recomputation_spans s
    where s.organization_id = organization
      and case when everybody then s.user_id is null else s.user_id = any (people) end
      and s.from_date <= p_to + 1 and s.to_date >= p_from - 1
    returning coalesce(s.user_id, nobody) as person, s.from_date, s.to_date, s.slice_from, s.after_user_id
  ), ends as (
    select joined.person, min(joined.from_date) as from_date, max(joined.to_date) as to_date
    from joined group by joined.person
  ), reached as (
    -- How far the last dates have come still holds when the change does not touch them.
    select joined.person, joined.slice_from, joined.after_user_id
    from joined join ends on ends.person = joined.person and ends.to_date = joined.to_date
    where joined.slice_from > p_to
  )
  insert into recomputation_spans (organization_id, user_id, from_date, to_date, slice_from, after_user_id,
                                   known_epoch, known_xid, cause_id, correlation_id, subject)
  select organization, nullif(asked.person, nobody), least(p_from, ends.from_date), greatest(p_to, ends.to_date),
         reached.slice_from, reached.after_user_id,
         current_epoch(), pg_current_xact_id(), p_cause, p_correlation, p_subject
  from unnest(people) as asked (person)
  left join ends on ends.person = asked.person
  left join reached on reached.person = asked.person;
end
$function$
;
grant execute on function request_recomputation(uuid[],date,date,uuid,uuid,text) to rollcall_gateway;
comment on function request_recomputation(uuid[],date,date,uuid,uuid,text) is 'Has days of people of the transaction''s organization computed anew, everybody''s when no people are named; merged with what is outstanding.';

CREATE OR REPLACE FUNCTION public.requeue_request(p_id uuid, p_event_id uuid, p_actor text, p_expires_at timestamp with time zone)
 RETURNS jsonb
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public', 'pg_temp'
AS $function$
declare
  organization constant uuid := current_organization_id();
  frame recognition_requests;
  person_status text;
begin
  select * into frame from recognition_requests as r where r.id = p_id and r.organization_id = organization for no key update;
  if not found then
    select r.status into person_status from registration_requests as r where r.id = p_id and r.organization_id = organization;
    return jsonb_build_object('status', case
      when person_status is null then 'not_found' when person_status = 'failed' then 'images_gone' else 'not_failed' end);
  elsif frame.status in ('queued', 'processing') and frame.requeues > 0 then
    return jsonb_build_object('status', 'unchanged');
  elsif frame.status not in ('failed', 'expired') then
    return jsonb_build_object('status', 'not_failed');
  elsif frame.discarded_at is not null then
    return jsonb_build_object('status', 'discarded');
  elsif frame.image_key is null then
    return jsonb_build_object('status', 'images_gone');
  end if;
  insert into requeued_requests (
    id, organization_id, recognition_id, ended_as, reason, attempts, ended_at, decided_epoch, decided_xid, requeued_by, requeued_at)
  values (p_event_id, organization, p_id, frame.status, frame.reason, frame.attempts, frame.completed_at, frame.decided_epoch,
    frame.decided_xid, p_actor, clock_timestamp());
  update recognition_requests as r
  set status = 'queued', attempts = 0, reason = null, completed_at = null, claimed_by = null, claimed_until = null,
      decided_epoch = null, decided_xid = null, expires_at = p_expires_at, requeues = r.requeues + 1,
      requeued_at = clock_timestamp(), storage_trouble_since = null
  where r.id = p_id;
  perform pg_notify('rollcall_requests', '');
  return jsonb_build_object('status', 'requeued', 'recognition_id', p_id, 'source_id', frame.source_id, 'ended_as', frame.status, 'reason', frame.reason);
end
$function$
;
grant execute on function requeue_request(uuid,uuid,text,timestamp with time zone) to rollcall_gateway;
comment on function requeue_request(uuid,uuid,text,timestamp with time zone) is 'Puts a failed or expired frame of the transaction''s organization into the queue again.';

CREATE OR REPLACE FUNCTION public.sample_named_objects()
 RETURNS SETOF text
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public', 'pg_temp'
AS $function$
    (select f.object_key from face_images as f order by f.id limit 20)
    union all
    (select r.image_key from recognition_requests as r
     where r.image_key is not null and not exists (select from face_images) order by r.id desc limit 20)
  $function$
;
grant execute on function sample_named_objects() to rollcall_gateway;
grant execute on function sample_named_objects() to rollcall_system;
comment on function sample_named_objects() is 'Some objects that the storage folder of this installation must hold, to tell it from an empty mount point.';

CREATE OR REPLACE FUNCTION public.separate_organizations(target regclass)
 RETURNS void
 LANGUAGE plpgsql
 SET search_path TO 'pg_catalog'
AS $function$
begin
  execute format('alter table %s enable row level security, force row level security', target);
  execute format('create policy organization_scope on %s to rollcall_gateway using (organization_id = public.current_organization_id()) with check (organization_id = public.current_organization_id())', target);
  execute format('create policy system_scope on %s to rollcall_system using (true) with check (true)', target);
  execute format('create policy owner_scope on %s to rollcall_owner using (true) with check (true)', target);
end
$function$
;
comment on function separate_organizations(regclass) is 'Row-level security for a table with organization_id: the gateway sees the organization of its transaction only; worker, projector and definer functions see all.';

CREATE OR REPLACE FUNCTION public.skip_projection_event(p_projection text, p_event_id uuid, p_reason text, p_actor text)
 RETURNS jsonb
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public', 'pg_temp'
AS $function$
declare
  organization constant uuid := current_organization_id();
  stop record;
  skip record;
  moved integer;
begin
  select s.* into stop from projection_stops as s
  where s.projection = p_projection and s.organization_id = organization for update;
  select s.* into skip from projection_skips as s
  where s.projection = p_projection and s.organization_id = organization and s.event_id = p_event_id;
  if skip.event_id is not null then
    return to_jsonb(skip) || jsonb_build_object('status', 'unchanged');
  elsif stop.event_id is distinct from p_event_id then
    return jsonb_build_object('status', 'not_found');
  end if;
  if stop.from_epoch is null then
    insert into projection_checkpoints (projection, organization_id, epoch, xid, position)
    values (p_projection, organization, stop.epoch, stop.xid, stop.position) on conflict do nothing;
  else
    update projection_checkpoints as c set epoch = stop.epoch, xid = stop.xid, position = stop.position, updated_at = now()
    where c.projection = p_projection and c.organization_id = organization
      and c.epoch = stop.from_epoch and c.xid = stop.from_xid and c.position = stop.from_position;
  end if;
  get diagnostics moved = row_count;
  delete from projection_stops as s where s.projection = p_projection and s.organization_id = organization;
  if moved = 0 then
    return jsonb_build_object('status', 'not_found');
  end if;
  insert into projection_skips (projection, organization_id, event_id, event_type, failure, reason, skipped_by)
  values (p_projection, organization, p_event_id, stop.event_type, stop.reason, p_reason, p_actor)
  returning * into skip;
  return to_jsonb(skip) || jsonb_build_object('status', 'skipped');
end
$function$
;
grant execute on function skip_projection_event(text,uuid,text,text) to rollcall_gateway;
grant execute on function skip_projection_event(text,uuid,text,text) to rollcall_system;
comment on function skip_projection_event(text,uuid,text,text) is 'Goes past an event at which a projection of the transaction''s organization stands still.';

CREATE OR REPLACE FUNCTION public.stamp_known()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog'
AS $function$
begin
  if tg_op = 'INSERT' then
    -- A version that says what held before anybody changed it is known from the beginning, epoch 0.
    if new.known_epoch is null then
      new.known_epoch := coalesce((select max(epoch) from public.log_identity), 0);
      new.known_xid := pg_current_xact_id();
    end if;
  elsif new.withdrawn_at is not null and old.withdrawn_at is null then
    new.withdrawn_epoch := coalesce((select max(epoch) from public.log_identity), 0);
    new.withdrawn_xid := pg_current_xact_id();
  end if;
  return new;
end
$function$
;
comment on function stamp_known() is 'Says from which transaction on a row, or its withdrawal, is known.';

CREATE OR REPLACE FUNCTION public.submit_people_frames(p_items jsonb)
 RETURNS jsonb
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public', 'pg_temp'
AS $function$
declare
  answers constant jsonb := submit_recognitions(p_items);
  sent jsonb;
begin
  with item as materialized (
    select i.*, a.answer ->> 'source_id' as source_row
    from rows from (jsonb_to_recordset(p_items) as (
        id uuid, organization_id uuid, event_id uuid, requested_by text, correlation_id uuid, captured_at timestamptz, received_at timestamptz,
        late_arrival boolean, trail jsonb
      )) with ordinality as i
    join jsonb_array_elements(answers) with ordinality as a (answer, ordinality) using (ordinality)
    where a.answer ->> 'status' = 'created'
  ), words as (
    insert into audit_details (event_id, organization_id, detail, salt)
    select (i.trail ->> 'event_id')::uuid, i.organization_id, i.trail -> 'detail', decode(i.trail ->> 'salt', 'hex') from item as i
  )
  select jsonb_agg(jsonb_build_object(
      'organization_id', i.organization_id, 'id', i.trail -> 'event_id', 'type', 'frame.submitted', 'subject', 'recognitions/' || i.id,
      'actor', i.requested_by, 'correlation_id', i.correlation_id, 'causation_id', i.event_id, 'occurred_at', i.received_at,
      'payload', jsonb_build_object('recognition_id', i.id, 'source_id', i.source_row, 'captured_at', i.captured_at,
        'late_arrival', coalesce(i.late_arrival, false))
    ) order by i.ordinality)
  into sent
  from item as i;
  if sent is not null then
    -- Nobody is rung: the trail can wait for the frame's result, and a projector that had just written this line would
    -- gather for a while before it looked at that.
    perform insert_events(sent);
  end if;
  return answers;
end
$function$
;
grant execute on function submit_people_frames(jsonb) to rollcall_gateway;
comment on function submit_people_frames(jsonb) is 'submit_recognitions for frames of people: each that is taken in leaves an event and words for the trail.';

CREATE OR REPLACE FUNCTION public.submit_recognitions(p_items jsonb)
 RETURNS jsonb
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public', 'pg_temp'
AS $function$
declare
  present_epoch smallint;
  answers jsonb;
  taken boolean;
  undiscovered jsonb;
  first_frames jsonb;
begin
  if p_items @? '$[*].idempotency_key ? (@ != null)' then
    -- Sorted, so that two groups with the same keys wait for each other instead of locking each other out.
    insert into idempotency_keys (organization_id, principal, route, key, body_hash, request_id)
    select distinct on (i.organization_id, i.principal, i.route, i.idempotency_key)
      i.organization_id, i.principal, i.route, i.idempotency_key, decode(i.body_hash, 'hex'), i.id
    from rows from (jsonb_to_recordset(p_items) as (
        id uuid, organization_id uuid, principal text, route text, idempotency_key text, body_hash text, source_type text, source_id text
      )) with ordinality as i
    join sources as s on s.organization_id = i.organization_id and s.source_type = i.source_type and s.external_id = i.source_id and s.is_active
    where i.idempotency_key is not null
    order by i.organization_id, i.principal, i.route, i.idempotency_key, i.ordinality
    on conflict do nothing;
  end if;

  -- The events stand here and not in insert_events: this is the way of every frame, and to build them as JSON and read
  -- that again would be a quarter of its cost. Looked up item by item (lateral … limit 1): a key of an index for each,
  -- whatever the statistics of a young table make of a join.
  present_epoch := hold_epoch();
  with item as materialized (
    select i.*, coalesce(i.mode, s.capture_mode) as frame_mode, s.id as source_row, coalesce(k.request_id, i.id) as request_id,
      -- A key that was used answers for itself, whatever has become of the source since.
      case
        when k.request_id <> i.id and k.body_hash = decode(i.body_hash, 'hex') then 'replayed'
        when k.request_id <> i.id then 'conflict'
        -- Its key was taken, since its source was on: so is the frame, or a repetition would be answered for one that is nowhere.
        when k.request_id = i.id then 'created'
        when s.id is null then 'unknown_source'
        when not s.is_active then 'source_inactive'
        -- Its source was there, or on, too late for its key: a frame without it would be taken in again by a repetition.
        when i.idempotency_key is not null then 'without_key'
        else 'created' end as verdict
    from rows from (jsonb_to_recordset(p_items) as (
        id uuid, organization_id uuid, event_id uuid, source_type text, source_id text, principal text, route text, idempotency_key text,
        body_hash text, may_create_source boolean, captured_at timestamptz, received_at timestamptz, late_arrival boolean, mode text,
        priority smallint, expires_at timestamptz, requested_by text, correlation_id uuid, image_key text, image_sha256 text,
        image_content_type text, image_bytes integer, image_width integer, image_height integer
      )) with ordinality as i
    left join lateral (
      select s.id, s.capture_mode, s.is_active from sources as s
      where s.organization_id = i.organization_id and s.source_type = i.source_type and s.external_id = i.source_id limit 1
    ) as s on true
    left join lateral (
      select k.request_id, k.body_hash from idempotency_keys as k
      where i.idempotency_key is not null and k.organization_id = i.organization_id
        and k.principal = i.principal and k.route = i.route and k.key = i.idempotency_key limit 1
    ) as k on true
  ), requested as (
    insert into recognition_requests (
      id, organization_id, source_id, priority, mode, captured_at, received_at, expires_at, late_arrival, requested_by, correlation_id,
      request_event_id, image_key, image_sha256, image_content_type, image_bytes, image_width, image_height)
    select i.id, i.organization_id, i.source_row, coalesce(i.priority, 0::smallint), i.frame_mode, i.captured_at, i.received_at, i.expires_at,
      coalesce(i.late_arrival, false), i.requested_by, i.correlation_id, i.event_id,
      i.image_key, decode(i.image_sha256, 'hex'), i.image_content_type, i.image_bytes, i.image_width, i.image_height
    from item as i where i.verdict = 'created'
  ), announced as (
    insert into events (epoch, organization_id, id, type, subject, actor, correlation_id, payload, occurred_at)
    select present_epoch, i.organization_id, i.event_id, 'recognition.requested', 'recognitions/' || i.id, i.requested_by, i.correlation_id,
      jsonb_build_object('recognition_id', i.id, 'source_id', i.source_row, 'captured_at', i.captured_at, 'mode', i.frame_mode), i.received_at
    from item as i where i.verdict = 'created' order by i.ordinality
  )
  select bool_or(i.verdict = 'created'), jsonb_agg(i.ordinality - 1) filter (where i.verdict = 'without_key' or i.verdict = 'unknown_source' and i.may_create_source), jsonb_agg(jsonb_build_object('status', i.verdict, 'id', i.request_id, 'source_id', i.source_row) order by i.ordinality)
  into taken, undiscovered, answers
  from item as i;
  if taken then
    perform pg_notify('rollcall_requests', '');
  end if;
  if undiscovered is not null then
    -- Rare: once in the life of a source, or when it changes at this moment. Its frames go the same way again, now that it is known.
    select jsonb_agg((p_items -> place::integer) || '{"may_create_source": false}' order by ordinality)
    into first_frames
    from jsonb_array_elements(undiscovered) with ordinality as u (place, ordinality);
    perform discover_sources(first_frames);
    select jsonb_agg(coalesce(again.answer, first.answer) order by first.ordinality)
    into answers
    from jsonb_array_elements(answers) with ordinality as first (answer, ordinality)
    left join (
      select place::bigint + 1 as ordinality, a.answer
      from jsonb_array_elements(undiscovered) with ordinality as u (place, ordinality)
      join jsonb_array_elements(submit_recognitions(first_frames)) with ordinality as a (answer, ordinality) using (ordinality)
    ) as again using (ordinality);
  end if;
  return answers;
end
$function$
;
grant execute on function submit_recognitions(jsonb) to rollcall_gateway;
comment on function submit_recognitions(jsonb) is 'Takes in frames of any organizations: sources, idempotency keys, requests, events and one ring.';

CREATE OR REPLACE FUNCTION public.submit_registration(p_item jsonb)
 RETURNS jsonb
 LANGUAGE plpgsql
 SET search_path TO 'pg_catalog', 'public', 'pg_temp'
AS $function$
declare
  item record;
  known record;
  is_new boolean := false;
begin
  select i.* into item from jsonb_to_record(p_item) as i (
    id uuid, organization_id uuid, event_id uuid, user_id uuid, principal text, route text, idempotency_key text, body_hash text,
    requested_by text, correlation_id uuid, received_at timestamptz, images jsonb);

  if item.idempotency_key is not null then
    -- A key that was used answers for itself, whatever has become of the person since. The lock keeps the person from being
    -- deleted before the commit: a key must never stay behind without its request. The insert waits for a call that has
    -- just used the same key.
    perform from users as u where u.organization_id = item.organization_id and u.id = item.user_id and not u.is_deleted for share;
    if found then
      insert into idempotency_keys (organization_id, principal, route, key, body_hash, request_id)
      values (item.organization_id, item.principal, item.route, item.idempotency_key, decode(item.body_hash, 'hex'), item.id)
      on conflict do nothing;
      is_new := found;
    end if;
    if not is_new then
      -- Locked: of two calls that find a failed one, one takes the key over and the other finds what that made.
      perform from idempotency_keys as k
      where k.organization_id = item.organization_id and k.principal = item.principal and k.route = item.route and k.key = item.idempotency_key
      for no key update;
      select k.request_id, k.body_hash, r.status into known
      from idempotency_keys as k left join registration_requests as r on r.id = k.request_id
      where k.organization_id = item.organization_id and k.principal = item.principal and k.route = item.route and k.key = item.idempotency_key;
      -- What failed had no effect, and its caller was told to send it again. (A person who has gone since is told so below.)
      if found and known.status = 'failed' and known.body_hash = decode(item.body_hash, 'hex') then
        update idempotency_keys as k set request_id = item.id, created_at = item.received_at
        where k.organization_id = item.organization_id and k.principal = item.principal and k.route = item.route and k.key = item.idempotency_key;
      elsif found and known.body_hash <> decode(item.body_hash, 'hex') then
        return jsonb_build_object('status', 'conflict', 'id', known.request_id);
      elsif found then
        return jsonb_build_object('status', 'replayed', 'id', known.request_id, 'request', jsonb_build_object('status', known.status));
      end if;
    end if;
  end if;

  -- A person deleted a moment later is found out when the registration is completed.
  if not exists (select from users as u where u.organization_id = item.organization_id and u.id = item.user_id and not u.is_deleted) then
    return jsonb_build_object('status', 'user_not_found', 'id', item.id);
  end if;

  insert into registration_requests (id, organization_id, user_id, requested_by, correlation_id, request_event_id, images, created_at)
  values (item.id, item.organization_id, item.user_id, item.requested_by, item.correlation_id, item.event_id, item.images, item.received_at);
  perform append_events(jsonb_build_array(jsonb_build_object(
    'organization_id', item.organization_id, 'id', item.event_id, 'type', 'registration.requested', 'subject', 'registrations/' || item.id,
    'actor', item.requested_by, 'correlation_id', item.correlation_id, 'occurred_at', item.received_at,
    'payload', jsonb_build_object('registration_id', item.id, 'user_id', item.user_id, 'image_count', jsonb_array_length(item.images)))));
  perform pg_notify('rollcall_requests', '');
  return jsonb_build_object('status', 'created', 'id', item.id, 'request', jsonb_build_object('status', 'queued'));
end
$function$
;
grant execute on function submit_registration(jsonb) to rollcall_gateway;
comment on function submit_registration(jsonb) is 'Takes in the images of one person of the transaction''s organization, with its event and a ring.';

CREATE OR REPLACE FUNCTION public.system_health_figures(p_silent_seconds double precision)
 RETURNS jsonb
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public', 'pg_temp'
AS $function$
    select jsonb_build_object(
      'database', (
        select jsonb_build_object(
          'version', current_setting('server_version'),
          'connections', (select count(*) from pg_stat_activity as a where a.datname = current_database()),
          'max_connections', current_setting('max_connections')::integer,
          'size_bytes', pg_database_size(current_database()))),
      -- Readers of the event log wait for the oldest transaction that has written, in any database of the cluster.
      'oldest_transaction', (
        select jsonb_build_object(
          'pid', a.pid,
          'application', case when a.datname = current_database() then a.application_name else 'another database' end,
          -- Null when this role may not see it: the set-up could not grant pg_read_all_stats.
          'age_seconds', extract(epoch from clock_timestamp() - a.xact_start),
          'holds_feed', a.backend_xid is not null)
        from pg_stat_activity as a
        where (a.backend_xid is not null or a.xact_start is not null) and a.pid <> pg_backend_pid()
          and a.datid is not null and coalesce(a.backend_type, '') not in ('autovacuum worker', 'walsender')
        order by a.xact_start nulls last, age(a.backend_xid) desc limit 1),
      'event_log_stall', event_log_stall(),
      'models', (
        select coalesce(jsonb_agg(jsonb_build_object('model_id', m.id, 'dimension', m.dimension, 'synthetic', m.is_synthetic) order by m.first_used_at), '[]')
        from face_models as m),
      'processes', (
        select coalesce(jsonb_agg(jsonb_build_object(
          'worker_id', w.worker_id, 'kind', w.kind, 'started_at', w.started_at,
          'silent_seconds', greatest(0, extract(epoch from clock_timestamp() - w.beat_at)),
          'alive', w.beat_at > clock_timestamp() - p_silent_seconds * interval '1 second',
          'gallery_version', w.figures -> 'gallery_versions' -> current_organization_id()::text,
          'figures', w.figures - '{gallery_versions,gallery_digests}'::text[]) order by w.started_at, w.worker_id), '[]')
        from worker_heartbeats as w),
      'galleries', (
        select coalesce(jsonb_agg(jsonb_build_object('model_id', g.model_id, 'version', g.version, 'faces', g.face_count) order by g.model_id), '[]')
        from galleries as g where g.organization_id = current_organization_id()),
      'queue', (
        select jsonb_object_agg(q.kind, jsonb_build_object(
          'queued', q.queued, 'processing', q.processing, 'oldest_seconds', q.oldest_seconds,
          'installation_queued', q.installation_queued, 'installation_processing', q.installation_processing, 'installation_oldest_seconds', q.installation_oldest_seconds))
        from (
          select 'recognition' as kind,
            count(*) filter (where r.status = 'queued' and r.organization_id = current_organization_id()) as queued,
            count(*) filter (where r.status = 'processing' and r.organization_id = current_organization_id()) as processing,
            extract(epoch from clock_timestamp() - min(r.waits_since) filter (where r.organization_id = current_organization_id())) as oldest_seconds,
            count(*) filter (where r.status = 'queued') as installation_queued,
            count(*) filter (where r.status = 'processing') as installation_processing,
            extract(epoch from clock_timestamp() - min(r.waits_since)) as installation_oldest_seconds
          from (
            -- One that was put into the queue again waits since then.
            select status, organization_id, greatest(received_at, requeued_at) as waits_since from recognition_requests where status = 'queued'
            union all select status, organization_id, greatest(received_at, requeued_at) from recognition_requests where status = 'processing') as r
          union all
          select 'registration',
            count(*) filter (where r.status = 'queued' and r.organization_id = current_organization_id()),
            count(*) filter (where r.status = 'processing' and r.organization_id = current_organization_id()),
            extract(epoch from clock_timestamp() - min(r.created_at) filter (where r.organization_id = current_organization_id())),
            count(*) filter (where r.status = 'queued'),
            count(*) filter (where r.status = 'processing'),
            extract(epoch from clock_timestamp() - min(r.created_at))
          from (
            select status, organization_id, created_at from registration_requests where status = 'queued'
            union all select status, organization_id, created_at from registration_requests where status = 'processing') as r
        ) as q),
      'projections', (
        select coalesce(jsonb_agg(jsonb_build_object(
          'projection', c.projection, 'checkpoint_at', c.updated_at,
          'lease_holder', l.holder, 'leased_until', l.leased_until,
          'stopped', case when s.event_id is not null and (s.epoch, s.xid, s.position) > (c.epoch, c.xid, c.position) then jsonb_build_object(
            'event_id', s.event_id, 'event_type', s.event_type, 'reason', s.reason, 'since', s.stopped_at) end) order by c.projection), '[]')
        from (
          select p.projection, p.organization_id, p.epoch, p.xid, p.position, p.updated_at from projection_checkpoints as p
          -- One that stands still before its first event has no checkpoint yet.
          union all
          select b.projection, b.organization_id, 0::smallint, '0'::xid8, 0, b.stopped_at from projection_stops as b where b.from_epoch is null
            and not exists (select from projection_checkpoints as p where p.projection = b.projection and p.organization_id = b.organization_id)
        ) as c
        left join projection_stops as s on s.projection = c.projection and s.organization_id = c.organization_id
        left join projection_leases as l on l.projection = c.projection and l.organization_id = c.organization_id and l.leased_until > now()
        where c.organization_id = current_organization_id()),
      'notifications', (
        select jsonb_build_object(
          'last_24_hours', count(*), 'critical_last_24_hours', count(*) filter (where n.severity = 'critical'), 'newest_at', max(n.created_at))
        from notifications as n
        where n.organization_id = current_organization_id() and n.created_at > now() - interval '24 hours'),
      'event_feed', (
        select jsonb_build_object(
          'epoch', current_epoch(),
          'last_event_at', (
            -- As a range: see read_events.
            select e.recorded_at from events as e
            where e.organization_id >= current_organization_id() and e.organization_id <= current_organization_id()
            order by e.organization_id desc, e.epoch desc, e.xid desc, e.position desc limit 1),
          -- Committed, and yet not to be read while an older transaction runs.
          'unreadable', count(*),
          'oldest_unreadable_seconds', extract(epoch from clock_timestamp() - min(w.recorded_at)))
        from (
          select e.recorded_at from events as e
          where e.organization_id = current_organization_id() and e.epoch = current_epoch() and e.xid >= pg_snapshot_xmin(pg_current_snapshot())
          limit 1000) as w),
      'ledger_gap', (
        select jsonb_build_object('undecided_seconds', g.undecided_seconds, 'unprojected_seconds', g.unprojected_seconds)
        from installation_ledger_gap() as g),
      'object_deletions', (
        select jsonb_build_object(
          'waiting', count(*), 'failing', count(*) filter (where d.attempts > 0),
          'oldest_seconds', extract(epoch from clock_timestamp() - min(d.requested_at)))
        from object_deletions as d),
      'system_log', (
        select jsonb_build_object(
          'warnings_last_hour', coalesce(sum(s.repeats) filter (where s.level = 'warn'), 0),
          'errors_last_hour', coalesce(sum(s.repeats) filter (where s.level = 'error'), 0),
          'fatal_last_hour', coalesce(sum(s.repeats) filter (where s.level = 'fatal'), 0))
        from system_logs as s
        where s.occurred_at > now() - interval '1 hour' and s.organization_id in (current_organization_id(), '00000000-0000-0000-0000-000000000000')))
  $function$
;
grant execute on function system_health_figures(double precision) to rollcall_gateway;
comment on function system_health_figures(double precision) is 'Figures for GET /v1/admin/system-health and /metrics: the transaction''s organization in full, the installation in counts and ages.';

CREATE OR REPLACE FUNCTION public.take_uploaded_images(p_ids uuid[])
 RETURNS jsonb
 LANGUAGE sql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public', 'pg_temp'
AS $function$
  with taken as (
    delete from uploaded_images as u
    where u.organization_id = current_organization_id() and u.id = any (p_ids) and u.expires_at > clock_timestamp()
    returning u.*
  )
  select coalesce(jsonb_agg(jsonb_build_object(
    'id', t.id, 'object_key', t.object_key, 'sha256', encode(t.sha256, 'hex'), 'content_type', t.content_type, 'byte_size', t.byte_size,
    'width', t.width, 'height', t.height) order by array_position(p_ids, t.id)), '[]') from taken as t
$function$
;
grant execute on function take_uploaded_images(uuid[]) to rollcall_gateway;
comment on function take_uploaded_images(uuid[]) is 'Hands uploaded images over to whoever uses them: their rows go, their objects stay.';

CREATE OR REPLACE FUNCTION public.tell_rejections(p_organization uuid, p_model text)
 RETURNS void
 LANGUAGE plpgsql
 SET search_path TO 'pg_catalog', 'public', 'pg_temp'
AS $function$
begin
  with raised as (
    update galleries set version = version + 1, updated_at = now() where organization_id = p_organization and model_id = p_model
    returning version
  )
  insert into gallery_changes (organization_id, model_id, version, faiss_id, op)
  select p_organization, p_model, raised.version, 0, 'rejections' from raised;
  perform pg_notify('rollcall_galleries', '');
end
$function$
;
comment on function tell_rejections(uuid,text) is 'Raises a gallery''s version because rejected_matches have changed.';

CREATE OR REPLACE FUNCTION public.trace_request(p_id uuid, p_most integer)
 RETURNS jsonb
 LANGUAGE sql
 STABLE
 SET search_path TO 'pg_catalog', 'public', 'pg_temp'
AS $function$
  with request as (
    select r.id, 'recognition' as kind, r.organization_id, r.status, r.outcome, r.reason, r.requested_by, r.correlation_id, r.source_id,
      null::uuid as user_id, r.captured_at, r.received_at, r.expires_at, r.completed_at, r.attempts, r.discarded_at, r.request_event_id,
      r.decided_epoch, r.decided_xid, 'recognition_id' as id_field
    from recognition_requests as r where r.id = p_id and r.organization_id = current_organization_id()
    union all
    select r.id, 'registration', r.organization_id, r.status, null, r.reason, r.requested_by, r.correlation_id, null,
      r.user_id, null, r.created_at, null, r.completed_at, r.attempts, r.discarded_at, r.request_event_id,
      r.decided_epoch, r.decided_xid, 'registration_id'
    from registration_requests as r where r.id = p_id and r.organization_id = current_organization_id()
  ), ending as (
    select q.decided_epoch, q.decided_xid from request as q where q.decided_xid is not null
    union all
    select q.decided_epoch, q.decided_xid from requeued_requests as q
    where q.organization_id = current_organization_id() and q.recognition_id = p_id and q.decided_xid is not null
  ), own_event as materialized (
    select e.* from request as q join events as e on e.id = q.request_event_id and e.organization_id = q.organization_id
    union
    select e.* from ending as d cross join request as q
    join events as e on e.organization_id = q.organization_id and e.epoch = d.decided_epoch and e.xid = d.decided_xid
      and e.payload ->> q.id_field = q.id::text
    union
    select e.* from requeued_requests as r join events as e on e.id = r.id and e.organization_id = r.organization_id
    where r.organization_id = current_organization_id() and r.recognition_id = p_id
  ), later as materialized (
    select e.* from request as q cross join lateral (
      select f.* from events as f
      where f.organization_id = q.organization_id and (f.epoch, f.xid) >= (q.decided_epoch, q.decided_xid)
      order by f.epoch, f.xid, f.position limit p_most) as e
  ), event as materialized (
    select * from own_event
    union
    select l.* from later as l where l.causation_id in (select o.id from own_event as o)
  ), place as (
    select c.epoch, c.xid, c.position from projection_checkpoints as c
    -- Epoch 32767: parked, see ledger_figures.
    where c.projection = 'attendance' and c.organization_id = current_organization_id() and c.epoch < 32767
  )
  select jsonb_build_object(
    'request_id', q.id, 'kind', q.kind, 'status', q.status, 'outcome', q.outcome, 'reason', q.reason, 'requested_by', q.requested_by,
    'correlation_id', q.correlation_id, 'source_id', q.source_id, 'user_id', q.user_id, 'captured_at', q.captured_at,
    'received_at', q.received_at, 'expires_at', q.expires_at, 'decided_at', q.completed_at, 'attempts', q.attempts,
    'discarded_at', q.discarded_at,
    'projected', q.status not in ('queued', 'processing') and (q.decided_xid is null
      or (q.kind = 'recognition' and q.status in ('failed', 'expired'))
      or exists (
        select from place as c
        where (q.decided_epoch, q.decided_xid) < (c.epoch, c.xid)
          or ((q.decided_epoch, q.decided_xid) = (c.epoch, c.xid) and not exists (
            select from own_event as o where (o.epoch, o.xid) = (c.epoch, c.xid) and o.position > c.position)))),
    'requeued', (
      select coalesce(jsonb_agg(jsonb_build_object('at', r.requeued_at, 'by', r.requeued_by, 'had_ended_as', r.ended_as, 'reason', r.reason,
        'ended_at', r.ended_at) order by r.requeued_at), '[]')
      from requeued_requests as r where r.organization_id = q.organization_id and r.recognition_id = q.id),
    'faces', (
      select coalesce(jsonb_agg(jsonb_build_object('recognized_face_id', f.id, 'index', f.face_index, 'decision', f.decision,
        'user_id', coalesce(l.user_id, f.user_id), 'similarity', f.similarity, 'review_id', w.id, 'review_status', w.status,
        'attendance_log_id', l.id, 'work_date', l.work_date, 'record_id', a.id) order by f.face_index), '[]')
      from recognized_faces as f
      left join reviews as w on w.recognized_face_id = f.id
      left join attendance_logs as l on l.organization_id = f.organization_id and l.captured_at = q.captured_at and l.recognized_face_id = f.id
      left join attendance_records as a on a.organization_id = l.organization_id and a.user_id = l.user_id and a.work_date = l.work_date
        and l.id = any (a.evidence)
      where f.organization_id = q.organization_id and f.recognition_id = q.id),
    'events', (
      select coalesce(jsonb_agg(jsonb_build_object('event_id', e.id, 'type', e.type, 'subject', e.subject, 'occurred_at', e.occurred_at,
        'recorded_at', e.recorded_at) order by e.epoch, e.xid, e.position), '[]')
      from event as e),
    'audit', (
      select coalesce(jsonb_agg(jsonb_build_object('audit_id', a.id, 'action', a.action, 'actor', a.actor, 'occurred_at', a.occurred_at)
        order by a.sequence), '[]')
      from audit_logs as a
      where a.organization_id = q.organization_id and a.subject in (select e.subject from event as e)
        and a.event_id in (select e.id from event as e)),
    'notifications', (
      select coalesce(jsonb_agg(jsonb_build_object('notification_id', n.id, 'type', n.type, 'created_at', n.created_at)
        order by n.epoch, n.xid, n.position), '[]')
      from (
        select t.* from notifications as t
        where t.organization_id = q.organization_id and (t.epoch, t.xid) >= (q.decided_epoch, q.decided_xid)
        order by t.epoch, t.xid, t.position limit p_most) as n
      where n.event_id in (select e.id from event as e)))
  from request as q
  $function$
;
grant execute on function trace_request(uuid,integer) to rollcall_gateway;
comment on function trace_request(uuid,integer) is 'One frame or enrolment of the transaction''s organization from its id to the record.';

CREATE OR REPLACE FUNCTION public.waiting_frames(p_most integer)
 RETURNS TABLE(organization_id uuid, waiting bigint)
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public', 'pg_temp'
 SET enable_seqscan TO 'off'
 SET enable_bitmapscan TO 'off'
AS $function$
    with recursive head as (
      (select r.source_id from recognition_requests as r where r.status = 'queued' order by r.source_id limit 1)
      union all
      select next.source_id from head cross join lateral (
        select r.source_id from recognition_requests as r
        where r.status = 'queued' and r.source_id > head.source_id order by r.source_id limit 1
      ) as next
    )
    select s.organization_id, sum(queue.waiting)::bigint as waiting
    from head join sources as s on s.id = head.source_id
    cross join lateral (
      select count(*) as waiting from (
        select from recognition_requests as r where r.status = 'queued' and r.source_id = head.source_id limit p_most
      ) as q
    ) as queue
    group by s.organization_id
    order by sum(queue.waiting) desc
  $function$
;
grant execute on function waiting_frames(integer) to rollcall_gateway;
comment on function waiting_frames(integer) is 'Frames that wait for a face worker, by organization; counts up to a number of each source.';

CREATE OR REPLACE FUNCTION public.write_system_logs(p_lines jsonb)
 RETURNS integer
 LANGUAGE sql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public', 'pg_temp'
AS $function$
    with written as (
      insert into system_logs (level, service, code, message, context, occurred_at, organization_id, worker_id, repeats)
      select l.level, left(l.service, 40), left(l.code, 80), left(l.message, 1000),
        case when octet_length(l.context::text) > 8000 then '{"cut": true}' else coalesce(l.context, '{}') end,
        coalesce(l.occurred_at, now()), coalesce(l.organization_id, '00000000-0000-0000-0000-000000000000'), l.worker_id, greatest(coalesce(l.repeats, 1), 1)
      from rows from (jsonb_to_recordset(p_lines) as (
        level text, service text, code text, message text, context jsonb, occurred_at timestamptz, organization_id uuid, worker_id uuid, repeats integer
      )) with ordinality as l (level, service, code, message, context, occurred_at, organization_id, worker_id, repeats, place)
      where l.place <= 200
      order by l.place
      returning 1
    )
    select count(*)::integer from written
  $function$
;
grant execute on function write_system_logs(jsonb) to rollcall_gateway;
grant execute on function write_system_logs(jsonb) to rollcall_system;
comment on function write_system_logs(jsonb) is 'Writes lines of the system log: [{level, service, code, message, context, occurred_at, organization_id, worker_id, repeats}], 200 at most.';
