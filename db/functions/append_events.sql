create or replace function append_events(p_events jsonb) returns table (id uuid, epoch smallint, xid xid8, "position" bigint)
  language plpgsql volatile security definer
  set search_path = pg_catalog, public, pg_temp
  as $$
#variable_conflict use_column
declare
  scope constant uuid := current_organization_id();
begin
  -- session_user, because inside a definer function current_user is its owner. Who is not worker, projector or owner
  -- writes for the organization of the transaction, or a refused sign-in of nobody known, which is the installation's.
  if not (pg_has_role(session_user, 'rollcall_system', 'usage') or pg_has_role(session_user, 'rollcall_owner', 'usage')) then
    if exists (
      select from jsonb_to_recordset(p_events) as event (organization_id uuid, type text)
      where event.organization_id is distinct from scope
        and not (event.organization_id = '00000000-0000-0000-0000-000000000000' and event.type = 'session.refused')
    ) then
      raise exception 'an event of another organization than the transaction''s' using errcode = 'insufficient_privilege';
    end if;
  end if;
  return query select written.id, written.epoch, written.xid, written.position from insert_events(p_events) written;
end
$$;
comment on function append_events(jsonb) is 'Appends {id, organization_id, type, version, subject, actor, correlation_id, causation_id, payload, occurred_at}; returns their keys in order. Callers ring rollcall_events once a commit.';
revoke execute on function append_events(jsonb) from public;
grant execute on function append_events(jsonb) to rollcall_gateway, rollcall_system;
