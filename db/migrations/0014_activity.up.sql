-- When people were active, as changes with the places of the log from which they are known: nobody is absent on a day on
-- which they were inactive, also when that day is computed anew after they came back. A person is active from
-- users.created_at on; what is written here are the changes since.

create table user_activity_changes (
  id bigint generated always as identity primary key,
  organization_id uuid not null,
  user_id uuid not null,
  is_active boolean not null,
  since timestamptz not null,
  known_epoch smallint,
  known_xid xid8,
  foreign key (organization_id, user_id) references users (organization_id, id) on delete cascade
);
comment on table user_activity_changes is 'When people became inactive, came back or left: before their first change they are active from users.created_at on.';
create index user_activity_changes_user_idx on user_activity_changes (organization_id, user_id, id);
select separate_organizations('user_activity_changes');
grant select on user_activity_changes to rollcall_gateway;
grant select on user_activity_changes to rollcall_system;

-- What happened before this migration is read from the log: from event to event the state alternates, and the words of
-- the trail say it where they are kept. What no event tells (rows written by hand) is known from the beginning.
with told as (
  select u.organization_id, u.id as user_id, u.is_active, u.is_deleted, u.created_at, u.deleted_at,
         e.type, e.epoch, e.xid, e.position, e.recorded_at, (d.detail #>> '{after,is_active}')::boolean as said,
         row_number() over (history order by e.epoch, e.xid, e.position) as from_first,
         row_number() over (history order by e.epoch desc, e.xid desc, e.position desc) as from_last
  from events as e
    join users as u on u.organization_id = e.organization_id and e.subject = 'users/' || u.id
    left join audit_details as d on d.event_id = e.id
  where e.type in ('user.created', 'user.deleted') or (e.type = 'user.updated' and e.payload -> 'changed' ? 'is_active')
  window history as (partition by u.id, e.type)
)
insert into user_activity_changes (organization_id, user_id, is_active, since, known_epoch, known_xid)
select organization_id, user_id,
       case
         when type <> 'user.updated' then false
         when said is not null then said
         when is_deleted then from_first % 2 = 0
         else is_active = (from_last % 2 = 1)
       end,
       case type when 'user.created' then created_at when 'user.deleted' then coalesce(deleted_at, recorded_at) else recorded_at end,
       epoch, xid
from told
where type <> 'user.created' or said = false
order by epoch, xid, position;

insert into user_activity_changes (organization_id, user_id, is_active, since, known_epoch, known_xid)
select u.organization_id, u.id, u.is_active and not u.is_deleted, coalesce(u.deleted_at, u.updated_at), 0, '0'
from users as u
where (u.is_active and not u.is_deleted) is distinct from coalesce(
  (select c.is_active from user_activity_changes as c where c.user_id = u.id order by c.id desc limit 1), true);

create trigger stamp_known before insert on user_activity_changes for each row execute function stamp_known();

create function note_activity() returns trigger
  language plpgsql security definer
  set search_path = pg_catalog
  as $$
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
$$;
comment on function note_activity() is 'Writes down when a person becomes inactive, comes back or leaves, in the transaction that says so.';
revoke execute on function note_activity() from public;

create trigger note_activity after insert or update of is_active, is_deleted on users for each row execute function note_activity();
