-- Since when each rule is known. Events are computed by what was known at their place in the log, so that a replay
-- decides as the first time. A clock cannot say that (a transaction may begin before an event and commit after it), the
-- transaction's id can: readers take events in the order of transaction ids, and only when all earlier ones have ended.

create function stamp_known() returns trigger
  language plpgsql security definer
  set search_path = pg_catalog
  as $$
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
$$;
comment on function stamp_known() is 'Says from which transaction on a row, or its withdrawal, is known.';
revoke execute on function stamp_known() from public;

create table organization_versions (
  id uuid primary key,
  organization_id uuid not null references organizations (id) on delete cascade,
  version integer not null,
  valid_from date not null,
  timezone text not null,
  work_week smallint[] not null,
  created_by uuid,
  created_at timestamptz not null default now(),
  known_epoch smallint,
  known_xid xid8,
  unique (organization_id, version)
);
comment on table organization_versions is 'Time zone and work week by date. None: the time zone of organizations, Monday to Friday.';
select separate_organizations('organization_versions');
grant select, insert on organization_versions to rollcall_gateway;
grant select on organization_versions to rollcall_system;

-- What was there before this migration was known from the beginning.
alter table policy_versions add column known_epoch smallint default 0, add column known_xid xid8 default '0';
alter table shifts add column known_epoch smallint default 0, add column known_xid xid8 default '0',
  add column is_retired boolean not null default false;
alter table holidays add column known_epoch smallint default 0, add column known_xid xid8 default '0';
alter table shift_assignments add column known_epoch smallint default 0, add column known_xid xid8 default '0',
  add column withdrawn_at timestamptz, add column withdrawn_epoch smallint, add column withdrawn_xid xid8,
  add column pattern jsonb;
alter table leaves add column known_epoch smallint default 0, add column known_xid xid8 default '0',
  add column withdrawn_epoch smallint, add column withdrawn_xid xid8;
alter table attendance_corrections add column known_epoch smallint default 0, add column known_xid xid8 default '0',
  add column withdrawn_epoch smallint, add column withdrawn_xid xid8;

alter table policy_versions alter column known_epoch drop default, alter column known_xid drop default;
alter table shifts alter column known_epoch drop default, alter column known_xid drop default;
alter table holidays alter column known_epoch drop default, alter column known_xid drop default;
alter table shift_assignments alter column known_epoch drop default, alter column known_xid drop default;
alter table leaves alter column known_epoch drop default, alter column known_xid drop default;
alter table attendance_corrections alter column known_epoch drop default, alter column known_xid drop default;

update shift_assignments set pattern =
  jsonb_build_array(jsonb_build_object('shift_id', shift_key, 'weekdays', to_jsonb(weekdays)));
alter table shift_assignments alter column pattern set not null, drop column shift_key, drop column weekdays;
comment on column shift_assignments.pattern is '[{shift_id (the shift_key), weekdays: 1 Monday … 7 Sunday, null: the work week}]. Empty: no shift.';
comment on column shifts.is_retired is 'Nobody works it from valid_from on.';

create trigger stamp_known before insert on organization_versions for each row execute function stamp_known();
create trigger stamp_known before insert on policy_versions for each row execute function stamp_known();
create trigger stamp_known before insert on shifts for each row execute function stamp_known();
create trigger stamp_known before insert on holidays for each row execute function stamp_known();
create trigger stamp_known before insert or update on shift_assignments for each row execute function stamp_known();
create trigger stamp_known before insert or update on leaves for each row execute function stamp_known();
create trigger stamp_known before insert or update on attendance_corrections for each row execute function stamp_known();

revoke update (valid_until) on shift_assignments from rollcall_gateway;
grant update (withdrawn_at) on shift_assignments to rollcall_gateway;

create table workday_closings (
  organization_id uuid primary key references organizations (id) on delete cascade,
  closed_until timestamptz not null
);
comment on table workday_closings is 'Up to when the ends of work days were looked at: what ended since is closed next, however long nobody looked.';
select separate_organizations('workday_closings');
grant select, insert, update on workday_closings to rollcall_system;

-- A sighting keeps everything but the date it counts for: rules that change later may move it to another one.
grant update (work_date, policy_version_id) on attendance_logs to rollcall_system;
