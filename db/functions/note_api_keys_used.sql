-- Notes when keys were last used, of any organizations, all that a gateway has seen in a while at once: a frame writes nothing here.
-- p_uses: array of {api_key_id, used_at}. Sorted, so that two gateways wait for each other instead of locking each other out.
create or replace function note_api_keys_used(p_uses jsonb) returns void
  language sql volatile security definer
  set search_path = pg_catalog, public, pg_temp
  as $$
  with used as (
    select k.id, u.used_at
    from jsonb_to_recordset(p_uses) as u (api_key_id uuid, used_at timestamptz) join api_keys as k on k.id = u.api_key_id
    where k.last_used_at is null or k.last_used_at < u.used_at
    order by k.id for update of k
  )
  update api_keys as k set last_used_at = greatest(k.last_used_at, used.used_at) from used where k.id = used.id
$$;
comment on function note_api_keys_used(jsonb) is 'Notes when keys were last used, of any organizations.';
revoke execute on function note_api_keys_used(jsonb) from public;
grant execute on function note_api_keys_used(jsonb) to rollcall_gateway;
