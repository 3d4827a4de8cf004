create table system_health (
  component text primary key,
  state text not null check (state in ('ok', 'degraded', 'failed')),
  figures jsonb not null default '{}',
  observed_at timestamptz not null default now()
);
grant select, insert, update on system_health to rollcall_gateway, rollcall_system;

revoke select (id, organization_id, source_id, last_used_at) on api_keys from rollcall_system;
revoke select, delete on correction_batches from rollcall_system;
drop index correction_batches_created_idx;

insert into notification_reads (notification_id, organization_id, user_id, read_at)
select n.id, n.organization_id, m.user_id, min(m.read_at)
from notification_marks as m join notifications as n
  on n.organization_id = m.organization_id and coalesce(n.role_id, 0) = m.audience and (n.role_id is not null or n.user_id = m.user_id)
    and (n.epoch, n.xid, n.position) <= (m.epoch, m.xid, m.position)
group by n.id, n.organization_id, m.user_id
on conflict do nothing;
drop table notification_marks;
