-- What waits at this moment, whenever it was taken in: since when the oldest request of each organization has not been
-- decided (those that are never decided included), and since when its oldest deciding event has not been projected. Of
-- one organization, or of all (null). Organizations where nothing waits are left out.
create or replace function open_ledger_gaps(p_organization uuid default null)
  returns table (organization_id uuid, undecided_since timestamptz, unprojected_since timestamptz)
  language sql stable
  set search_path = pg_catalog, public, pg_temp
  as $$
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
  $$;
comment on function open_ledger_gaps(uuid) is 'Since when the oldest request was not decided, and the oldest decision not projected; for each organization where something waits.';
revoke execute on function open_ledger_gaps(uuid) from public;
grant execute on function open_ledger_gaps(uuid) to rollcall_gateway, rollcall_system;
