-- What became of the requests an organization took in between two moments (the second excluded). One statement, so one
-- snapshot: whatever is committed meanwhile, accepted is decided and undecided, decided is projected and unprojected.
--
-- Projected: the projection's checkpoint has passed the event that the request ended with. It moves in the transaction that
-- writes what follows from the event, so behind it nothing is missing. A frame that failed or expired gives no attendance:
-- nothing is to be projected. A checkpoint of epoch 32767 is one that a replay has parked while it deletes what was projected:
-- then nothing is.
create or replace function ledger_figures(p_organization uuid, p_from timestamptz, p_to timestamptz) returns jsonb
  language sql stable
  set search_path = pg_catalog, public, pg_temp
  as $$
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
  $$;
comment on function ledger_figures(uuid, timestamptz, timestamptz) is 'Accepted, decided by ending, projected: the requests an organization took in during a span, of one snapshot.';
revoke execute on function ledger_figures(uuid, timestamptz, timestamptz) from public;
grant execute on function ledger_figures(uuid, timestamptz, timestamptz) to rollcall_gateway, rollcall_system;
