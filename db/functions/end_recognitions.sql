-- Ends frames that must not be tried any more: those that waited past their time, and those whose third worker was lost.
-- Part of a claim, so no clock of its own is needed.
create or replace function end_recognitions() returns void
  language plpgsql volatile security definer
  set search_path = pg_catalog, public, pg_temp
  as $$
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
$$;
comment on function end_recognitions() is 'Ends frames past their time and frames that lost their third worker, with their events.';
revoke execute on function end_recognitions() from public;
