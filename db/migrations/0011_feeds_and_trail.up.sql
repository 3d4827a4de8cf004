-- Who is told of what; the trail can only grow; trouble that was told is told once.

create table notification_rules (
  organization_id uuid not null references organizations (id) on delete cascade,
  version integer not null check (version > 0),
  rules jsonb not null,
  created_by uuid,
  created_at timestamptz not null default now(),
  known_epoch smallint,
  known_xid xid8,
  primary key (organization_id, version)
);
comment on table notification_rules is 'Who is told of what: versions that never change, so that a replay tells nobody anything else. Absent keys have the defaults of packages/contracts.';
create trigger stamp_known before insert on notification_rules for each row execute function stamp_known();
select separate_organizations('notification_rules');
grant select, insert on notification_rules to rollcall_gateway;
grant select on notification_rules to rollcall_system;

-- The bell counts what one has not read: by role first, since that is where most come from.
create index notification_reads_user_idx on notification_reads (organization_id, user_id);

-- What is new for anybody in an organization is read once for all who wait.
create index notifications_organization_idx on notifications (organization_id, epoch, xid, position);

create table health_episodes (
  id uuid primary key,
  component text not null,
  reason text not null,
  began_at timestamptz not null,
  ended_at timestamptz
);
comment on table health_episodes is 'One row for each time a part of the installation did not do its work. While one is open nobody is told again.';
create unique index health_episodes_open_key on health_episodes (component) where ended_at is null;
grant select on health_episodes to rollcall_gateway;
grant select, insert, update on health_episodes to rollcall_system;

-- Filters of the trail, each with the order of the list.
create index audit_logs_action_idx on audit_logs (organization_id, action, sequence);
create index audit_logs_actor_idx on audit_logs (organization_id, actor, sequence);
drop index audit_logs_subject_idx;
create index audit_logs_subject_idx on audit_logs (organization_id, subject, sequence);
create index audit_logs_subject_id_idx on audit_logs (organization_id, split_part(subject, '/', 2), sequence);

-- Append-only for everybody, the owner included: what is to be changed after all must first be allowed to be by name.
create function refuse_change() returns trigger
  language plpgsql
  set search_path = pg_catalog, pg_temp
  as $$
begin
  raise exception '% is append-only: % is refused', tg_table_name, lower(tg_op)
    using errcode = 'insufficient_privilege';
end
$$;
comment on function refuse_change() is 'Trigger of tables whose rows never change.';
revoke execute on function refuse_change() from public;

create trigger append_only before update or delete or truncate on audit_logs
  for each statement execute function refuse_change();
-- Words may be erased, but never replaced by others.
create trigger never_changed before update or truncate on audit_details
  for each statement execute function refuse_change();

create function keep_chain_head() returns trigger
  language plpgsql
  set search_path = pg_catalog, pg_temp
  as $$
begin
  if new.organization_id <> old.organization_id or new.sequence <= old.sequence then
    raise exception 'the head of an audit chain only moves forward' using errcode = 'insufficient_privilege';
  end if;
  return new;
end
$$;
comment on function keep_chain_head() is 'Trigger: the head of an audit chain only moves forward.';
revoke execute on function keep_chain_head() from public;
create trigger forward_only before update on audit_chain_heads for each row execute function keep_chain_head();
create trigger never_removed before delete or truncate on audit_chain_heads
  for each statement execute function refuse_change();
