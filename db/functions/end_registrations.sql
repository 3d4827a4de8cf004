-- Ends registrations whose third worker was lost; their images go. Part of a claim.
create or replace function end_registrations() returns void
  language plpgsql volatile security definer
  set search_path = pg_catalog, public, pg_temp
  as $$
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
$$;
comment on function end_registrations() is 'Ends registrations that lost their third worker, with their events.';
revoke execute on function end_registrations() from public;
