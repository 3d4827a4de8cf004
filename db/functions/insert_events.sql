-- What inserts into events, but for frames that are taken in (submit_recognitions). Not for services: append_events checks whose events they are, the other
-- functions know what they write.
create or replace function insert_events(p_events jsonb) returns table (id uuid, epoch smallint, xid xid8, "position" bigint)
  language plpgsql volatile
  set search_path = pg_catalog, public, pg_temp
  as $$
#variable_conflict use_column
declare
  -- Held until the transaction ends: the next epoch begins only when nothing can be added to this one any more.
  present_epoch constant smallint := hold_epoch();
begin
  return query
  insert into events (epoch, organization_id, id, type, version, subject, actor, correlation_id, causation_id, payload, occurred_at)
  select present_epoch, event.organization_id, event.id, event.type, coalesce(event.version, 1::smallint), event.subject,
         event.actor, event.correlation_id, event.causation_id, event.payload, event.occurred_at
  from rows from (jsonb_to_recordset(p_events) as (
    organization_id uuid, id uuid, type text, version smallint, subject text, actor text, correlation_id uuid,
    causation_id uuid, payload jsonb, occurred_at timestamptz
  )) with ordinality as event
  order by event.ordinality
  returning events.id, events.epoch, events.xid, events.position;
end
$$;
comment on function insert_events(jsonb) is 'Appends events in the order of the array. Tells nobody: callers ring once a commit.';
revoke execute on function insert_events(jsonb) from public;
