-- The device behind a key, by the key's hash; nothing when the key is unknown, revoked or out of date, or its device is
-- switched off or removed.
create or replace function find_api_key(p_hash bytea)
  returns table (api_key_id uuid, organization_id uuid, source_id uuid, source_type text, external_id text, scopes text[], expires_at timestamptz)
  language sql stable security definer
  set search_path = pg_catalog, public, pg_temp
  as $$
  select k.id, k.organization_id, s.id, s.source_type, s.external_id, k.scopes, k.expires_at
  from api_keys as k join sources as s on s.organization_id = k.organization_id and s.id = k.source_id
  where k.key_hash = p_hash and k.revoked_at is null and (k.expires_at is null or k.expires_at > now())
    and s.is_active and s.deleted_at is null
$$;
comment on function find_api_key(bytea) is 'The device behind a key, by the keys hash.';
revoke execute on function find_api_key(bytea) from public;
grant execute on function find_api_key(bytea) to rollcall_gateway;
