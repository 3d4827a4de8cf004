-- What it was all for. attendance_logs and attendance_records come from the event log alone: dropped and replayed they
-- come out the same.

create table attendance_logs (
  id uuid primary key,
  organization_id uuid not null references organizations (id) on delete cascade,
  user_id uuid not null,
  kind text not null check (kind in ('face', 'pin', 'qr', 'manual')),
  captured_at timestamptz not null,
  received_at timestamptz not null,
  late_arrival boolean not null default false,
  work_date date not null,
  source_id uuid,
  direction text not null check (direction in ('in', 'out', 'both')),
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
  foreign key (organization_id, user_id) references users (organization_id, id) on delete restrict
);
comment on table attendance_logs is 'Every sighting or punch, append-only.';
create index attendance_logs_day_idx on attendance_logs (organization_id, user_id, work_date, captured_at);
create index attendance_logs_captured_idx on attendance_logs (organization_id, captured_at);
select separate_organizations('attendance_logs');

create table attendance_corrections (
  id uuid primary key,
  organization_id uuid not null references organizations (id) on delete cascade,
  user_id uuid not null,
  work_date date not null,
  shift_id uuid,
  check_in_at timestamptz,
  check_out_at timestamptz,
  status text,
  reason text not null check (length(reason) between 1 and 500),
  created_by uuid not null,
  created_at timestamptz not null default now(),
  withdrawn_by uuid,
  withdrawn_at timestamptz,
  foreign key (organization_id, user_id) references users (organization_id, id) on delete restrict
);
create index attendance_corrections_day_idx on attendance_corrections (organization_id, user_id, work_date);
select separate_organizations('attendance_corrections');

create table attendance_records (
  id uuid primary key,
  organization_id uuid not null references organizations (id) on delete cascade,
  user_id uuid not null,
  work_date date not null,
  shift_id uuid,
  check_in_at timestamptz,
  check_out_at timestamptz,
  status text not null check (status in ('present', 'late', 'half_day', 'absent', 'on_leave', 'holiday', 'open')),
  worked_minutes integer not null default 0,
  break_minutes integer not null default 0,
  late_minutes integer not null default 0,
  early_leave_minutes integer not null default 0,
  overtime_minutes integer not null default 0,
  source text not null,
  corrected boolean not null default false,
  visit_count integer not null default 0,
  evidence uuid[] not null default '{}',
  policy_version_id uuid,
  event_id uuid not null,
  unique nulls not distinct (organization_id, user_id, work_date, shift_id),
  foreign key (organization_id, user_id) references users (organization_id, id) on delete restrict
);
comment on column attendance_records.evidence is 'attendance_logs of check-in and check-out first, then the others.';
comment on column attendance_records.event_id is 'The event whose projection wrote this state of the record.';
create index attendance_records_date_idx on attendance_records (organization_id, work_date, user_id);
select separate_organizations('attendance_records');

grant select on attendance_logs, attendance_records to rollcall_gateway;
grant select, insert on attendance_corrections to rollcall_gateway;
grant update (withdrawn_by, withdrawn_at) on attendance_corrections to rollcall_gateway;
grant select, insert, delete on attendance_logs to rollcall_system;
grant select, insert, update, delete on attendance_records to rollcall_system;
grant select on attendance_corrections to rollcall_system;
