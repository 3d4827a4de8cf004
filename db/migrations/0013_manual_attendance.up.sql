-- Attendance that no camera saw: entries by hand with their history, and check-ins by PIN or QR code.

alter table attendance_corrections
  add column event_id uuid,
  add column batch_id uuid,
  add column withdrawal_reason text check (length(withdrawal_reason) between 1 and 500),
  add column withdrawal_event_id uuid;
comment on column attendance_corrections.event_id is 'Its attendance.corrected.';
comment on column attendance_corrections.withdrawal_event_id is 'Its attendance.correction_withdrawn.';
create index attendance_corrections_newest_idx on attendance_corrections (organization_id, id);
grant update (withdrawal_reason, withdrawal_event_id) on attendance_corrections to rollcall_gateway;

create table correction_batches (
  id uuid primary key,
  organization_id uuid not null references organizations (id) on delete cascade,
  verdicts jsonb not null,
  created_by uuid not null,
  created_at timestamptz not null default now()
);
comment on table correction_batches is 'What a call with entries by hand was answered, item by item: a repeated call gets the same answer.';
comment on column correction_batches.verdicts is 'Ids, codes and places only: neither names nor reasons.';
select separate_organizations('correction_batches');
grant select, insert on correction_batches to rollcall_gateway;

alter table attendance_records add column replaced jsonb;
comment on column attendance_records.replaced is 'What check-in, check-out and status would be without entries by hand; null without any, or when nobody was seen.';

create table user_pins (
  user_id uuid primary key,
  organization_id uuid not null,
  pin_hash text not null,
  set_by uuid not null,
  set_at timestamptz not null default now(),
  foreign key (organization_id, user_id) references users (organization_id, id) on delete cascade
);
comment on column user_pins.pin_hash is 'bcrypt over a keyed digest: a copy of the database alone does not let anybody try PINs.';
select separate_organizations('user_pins');
grant select, insert, update, delete on user_pins to rollcall_gateway;

create table check_ins (
  id uuid primary key,
  organization_id uuid not null references organizations (id) on delete cascade,
  user_id uuid not null,
  source_id uuid not null,
  method text not null check (method in ('pin', 'qr')),
  direction text not null check (direction in ('in', 'out', 'both')),
  captured_at timestamptz not null,
  received_at timestamptz not null,
  recorded_by text not null,
  event_id uuid not null,
  foreign key (organization_id, user_id) references users (organization_id, id) on delete restrict,
  foreign key (organization_id, source_id) references sources (organization_id, id) on delete restrict
);
comment on column check_ins.id is 'Follows from the QR token, or from person, kiosk and time: the same check-in sent again is the same row.';
select separate_organizations('check_ins');
grant select, insert on check_ins to rollcall_gateway;
