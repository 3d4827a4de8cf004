-- Has a projection that stands still before an event go past it, and remembers that, for the transaction's organization. The
-- checkpoint moves by compare-and-set: a projector that has just managed the event keeps what it wrote, and this changes
-- nothing. Answers {status, event_type, failure, reason, skipped_by, skipped_at}; status: skipped | unchanged (it was
-- before) | not_found (it does not stand still there).
create or replace function skip_projection_event(p_projection text, p_event_id uuid, p_reason text, p_actor text) returns jsonb
  language plpgsql volatile security definer
  set search_path = pg_catalog, public, pg_temp
  as $$
declare
  organization constant uuid := current_organization_id();
  stop record;
  skip record;
  moved integer;
begin
  select s.* into stop from projection_stops as s
  where s.projection = p_projection and s.organization_id = organization for update;
  select s.* into skip from projection_skips as s
  where s.projection = p_projection and s.organization_id = organization and s.event_id = p_event_id;
  if skip.event_id is not null then
    return to_jsonb(skip) || jsonb_build_object('status', 'unchanged');
  elsif stop.event_id is distinct from p_event_id then
    return jsonb_build_object('status', 'not_found');
  end if;
  if stop.from_epoch is null then
    insert into projection_checkpoints (projection, organization_id, epoch, xid, position)
    values (p_projection, organization, stop.epoch, stop.xid, stop.position) on conflict do nothing;
  else
    update projection_checkpoints as c set epoch = stop.epoch, xid = stop.xid, position = stop.position, updated_at = now()
    where c.projection = p_projection and c.organization_id = organization
      and c.epoch = stop.from_epoch and c.xid = stop.from_xid and c.position = stop.from_position;
  end if;
  get diagnostics moved = row_count;
  delete from projection_stops as s where s.projection = p_projection and s.organization_id = organization;
  if moved = 0 then
    return jsonb_build_object('status', 'not_found');
  end if;
  insert into projection_skips (projection, organization_id, event_id, event_type, failure, reason, skipped_by)
  values (p_projection, organization, p_event_id, stop.event_type, stop.reason, p_reason, p_actor)
  returning * into skip;
  return to_jsonb(skip) || jsonb_build_object('status', 'skipped');
end
$$;
comment on function skip_projection_event(text, uuid, text, text) is 'Goes past an event at which a projection of the transaction''s organization stands still.';
revoke execute on function skip_projection_event(text, uuid, text, text) from public;
grant execute on function skip_projection_event(text, uuid, text, text) to rollcall_gateway, rollcall_system;
