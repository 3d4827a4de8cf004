-- The device behind a key, by the key's hash; nothing when it is unknown, revoked or out of date.
create or replace function find_api_key(p_hash bytea)
  returns table (api_key_id uuid, organization_id uuid, source_id uuid, scopes text[])
  language sql stable security definer
  set search_path = pg_catalog, public, pg_temp
  as $$
  select k.id, k.organization_id, k.source_id, k.scopes from api_keys as k
  where k.key_hash = p_hash and k.revoked_at is null and (k.expires_at is null or k.expires_at > now())
$$;
comment on function find_api_key(bytea) is 'The device behind a key, by the keys hash.';
revoke execute on function find_api_key(bytea) from public;
grant execute on function find_api_key(bytea) to rollcall_gateway;
