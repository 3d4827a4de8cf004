-- Takes in the images of one person, in the organization of the transaction. Answers
-- {status: created | replayed | conflict | user_not_found, id, request: {status}}.
create or replace function submit_registration(p_item jsonb) returns jsonb
  language plpgsql volatile
  set search_path = pg_catalog, public, pg_temp
  as $$
declare
  item record;
  known record;
  is_new boolean := false;
begin
  select i.* into item from jsonb_to_record(p_item) as i (
    id uuid, organization_id uuid, event_id uuid, user_id uuid, principal text, route text, idempotency_key text, body_hash text,
    requested_by text, correlation_id uuid, received_at timestamptz, images jsonb);

  if item.idempotency_key is not null then
    -- A key that was used answers for itself, whatever has become of the person since. The lock keeps the person from being
    -- deleted before the commit: a key must never stay behind without its request. The insert waits for a call that has
    -- just used the same key.
    perform from users as u where u.organization_id = item.organization_id and u.id = item.user_id and not u.is_deleted for share;
    if found then
      insert into idempotency_keys (organization_id, principal, route, key, body_hash, request_id)
      values (item.organization_id, item.principal, item.route, item.idempotency_key, decode(item.body_hash, 'hex'), item.id)
      on conflict do nothing;
      is_new := found;
    end if;
    if not is_new then
      -- Locked: of two calls that find a failed one, one takes the key over and the other finds what that made.
      perform from idempotency_keys as k
      where k.organization_id = item.organization_id and k.principal = item.principal and k.route = item.route and k.key = item.idempotency_key
      for no key update;
      select k.request_id, k.body_hash, r.status into known
      from idempotency_keys as k left join registration_requests as r on r.id = k.request_id
      where k.organization_id = item.organization_id and k.principal = item.principal and k.route = item.route and k.key = item.idempotency_key;
      -- What failed had no effect, and its caller was told to send it again. (A person who has gone since is told so below.)
      if found and known.status = 'failed' and known.body_hash = decode(item.body_hash, 'hex') then
        update idempotency_keys as k set request_id = item.id, created_at = item.received_at
        where k.organization_id = item.organization_id and k.principal = item.principal and k.route = item.route and k.key = item.idempotency_key;
      elsif found and known.body_hash <> decode(item.body_hash, 'hex') then
        return jsonb_build_object('status', 'conflict', 'id', known.request_id);
      elsif found then
        return jsonb_build_object('status', 'replayed', 'id', known.request_id, 'request', jsonb_build_object('status', known.status));
      end if;
    end if;
  end if;

  -- A person deleted a moment later is found out when the registration is completed.
  if not exists (select from users as u where u.organization_id = item.organization_id and u.id = item.user_id and not u.is_deleted) then
    return jsonb_build_object('status', 'user_not_found', 'id', item.id);
  end if;

  insert into registration_requests (id, organization_id, user_id, requested_by, correlation_id, request_event_id, images, created_at)
  values (item.id, item.organization_id, item.user_id, item.requested_by, item.correlation_id, item.event_id, item.images, item.received_at);
  perform append_events(jsonb_build_array(jsonb_build_object(
    'organization_id', item.organization_id, 'id', item.event_id, 'type', 'registration.requested', 'subject', 'registrations/' || item.id,
    'actor', item.requested_by, 'correlation_id', item.correlation_id, 'occurred_at', item.received_at,
    'payload', jsonb_build_object('registration_id', item.id, 'user_id', item.user_id, 'image_count', jsonb_array_length(item.images)))));
  perform pg_notify('rollcall_requests', '');
  return jsonb_build_object('status', 'created', 'id', item.id, 'request', jsonb_build_object('status', 'queued'));
end
$$;
comment on function submit_registration(jsonb) is 'Takes in the images of one person of the transaction''s organization, with its event and a ring.';
revoke execute on function submit_registration(jsonb) from public;
grant execute on function submit_registration(jsonb) to rollcall_gateway;
